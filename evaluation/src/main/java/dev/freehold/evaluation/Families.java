package dev.freehold.evaluation;

import dev.freehold.chat.ModelCard;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Who made a model, by its name: a judge favours its own kin (arXiv 2404.13076).
final class Families {

  private static final Map<String, List<String>> SIGNS = new LinkedHashMap<>();

  static {
    SIGNS.put("smollm", List.of("smollm"));
    SIGNS.put("google", List.of("gemma", "gemini", "palm"));
    SIGNS.put("openai", List.of("gpt", "o1-", "o3", "o4-", "davinci"));
    SIGNS.put("anthropic", List.of("claude"));
    SIGNS.put("mistral", List.of("mistral", "mixtral", "ministral", "magistral", "codestral"));
    SIGNS.put("qwen", List.of("qwen", "qwq"));
    SIGNS.put("deepseek", List.of("deepseek"));
    SIGNS.put("microsoft", List.of("phi-", "phi3", "phi4"));
    SIGNS.put("ibm", List.of("granite"));
    SIGNS.put("allenai", List.of("olmo", "tulu"));
    SIGNS.put("cohere", List.of("command-r", "aya"));
    SIGNS.put("meta", List.of("llama"));
  }

  private Families() {}

  static String of(ModelCard card) {
    String name = card.name().toLowerCase(Locale.ROOT);
    return SIGNS.entrySet().stream()
        .filter(entry -> entry.getValue().stream().anyMatch(name::contains))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(name);
  }
}
