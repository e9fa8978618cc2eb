package dev.freehold.engine;

import dev.freehold.chat.AdapterUse;
import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.ChatStream;
import dev.freehold.chat.ContextLengthExceeded;
import dev.freehold.chat.Continuation;
import dev.freehold.chat.Embedder;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.ModelCard;
import dev.freehold.chat.Prompt;
import dev.freehold.chat.Reranker;
import dev.freehold.chat.Sampling;
import dev.freehold.chat.ToolUse;
import dev.freehold.chat.Unsupported;
import dev.freehold.engine.grammar.AnswerGrammar;
import dev.freehold.engine.grammar.Constraint;
import dev.freehold.engine.grammar.WarmUp;
import dev.freehold.model.FittedAdapter;
import dev.freehold.model.LanguageModel;
import dev.freehold.model.ModelParameters;
import dev.freehold.model.Models;
import dev.freehold.model.Pooling;
import dev.freehold.model.adapter.Adapter;
import dev.freehold.model.answer.AnswerFormat;
import dev.freehold.model.gguf.Metadata;
import dev.freehold.model.gguf.ModelFile;
import dev.freehold.model.template.ChatTemplate;
import dev.freehold.model.text.MarkedText;
import dev.freehold.model.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// An open-weight model that runs in this process.
///
/// Answers to several requests are generated together, a token each a step, whatever adapters each
/// of them has on top of the model. Safe for use by many threads. A program needs `--add-modules
/// jdk.incubator.vector` on its command line.
public final class LocalChatModel implements ChatModel {

  private static final int MOST_BREAKERS = 16;

  private final Engine engine;
  private final Tokenizer tokenizer;
  private final ConversationTemplates templates;
  private final ModelCard card;
  private final Optional<Embedder> embedder;
  private final Optional<Reranker> reranker;
  private final Constraints constraints;
  private final LoadedAdapters adapters = new LoadedAdapters();
  private final Map<List<String>, SequenceBreakers> breakers = new ConcurrentHashMap<>();

  private LocalChatModel(
      Engine engine,
      Tokenizer tokenizer,
      ConversationTemplates templates,
      ModelCard card,
      Optional<Embedder> embedder,
      Optional<Reranker> reranker) {
    this.engine = engine;
    this.tokenizer = tokenizer;
    this.templates = templates;
    this.card = card;
    this.embedder = embedder;
    this.reranker = reranker;
    this.constraints = new Constraints(tokenizer);
  }

  /// Has the code that reads the forms of answers compiled, which else takes some hundred
  /// milliseconds of the first request that asks for one. Takes most of a second of the calling
  /// thread, less where it is interrupted.
  public static void warmUpForms() {
    WarmUp.run();
  }

  /// Reads a model file into memory, to be run on all cores.
  ///
  /// @throws dev.freehold.chat.NotFound where there is no such file
  /// @throws dev.freehold.chat.MalformedFile where the file breaks its format
  /// @throws Unsupported where it needs what is not served yet
  /// @throws dev.freehold.chat.Unavailable where it does not fit in memory
  public static LocalChatModel open(Path file) {
    return open(file, EngineConfiguration.standard());
  }

  /// Reads a model file into memory. Errors are those of [#open(Path)].
  public static LocalChatModel open(Path file, EngineConfiguration configuration) {
    return open(file, configuration, ModelIdentity.of(file));
  }

  /// Reads a model file into memory under the name it goes by here. Errors are those of
  /// [#open(Path)].
  public static LocalChatModel open(
      Path file, EngineConfiguration configuration, ModelIdentity identity) {
    try (ModelFile gguf = Models.file(file)) {
      Metadata metadata = gguf.metadata();
      Tokenizer tokenizer = Tokenizer.read(metadata);
      ConversationTemplates templates =
          ConversationTemplates.read(metadata, tokenizer.vocabulary().templateVariables());
      Optional<Pooling> pooling = pooling(metadata);
      LanguageModel model = Models.open(gguf, configuration.forModel());
      ModelParameters shape = model.parameters();
      ModelCard card =
          new ModelCard(
              identity.name(),
              shape.architecture(),
              shape.weights(),
              gguf.size(),
              shape.contextLength(),
              identity.licence().isEmpty()
                  ? metadata.string("general.license", "")
                  : identity.licence(),
              identity.digest(),
              identity.created());
      Engine engine =
          new Engine(
              model, configuration, identity.name(), prompts(configuration, identity, shape));
      String id = identity.digest().isEmpty() ? identity.name() : identity.digest();
      int width = shape.embeddingLength();
      int limit = shape.contextLength();
      Optional<Embedder> embedder =
          model.classifier().isPresent()
              ? Optional.empty()
              : pooling.map(kind -> new LocalEmbedder(engine, tokenizer, id, width, limit, kind));
      Optional<String> template = LocalReranker.template(metadata);
      Optional<Reranker> reranker =
          model
              .classifier()
              .map(head -> new LocalReranker(engine, tokenizer, head, template, id, width, limit));
      return new LocalChatModel(engine, tokenizer, templates, card, embedder, reranker);
    }
  }

  /// Where long prompts are saved. What is remembered depends on the weights and on the positions'
  /// encoding, which may follow the context's length.
  private static @Nullable PromptStore prompts(
      EngineConfiguration configuration, ModelIdentity identity, ModelParameters shape) {
    if (configuration.savedPrompts().isEmpty() || identity.digest().isEmpty()) {
      return null;
    }
    return new PromptStore(
        configuration.savedPrompts().get(),
        "%s %s %d".formatted(identity.digest(), shape.architecture(), shape.contextLength()));
  }

  /// How a file's hidden states become vectors; none where they are for a classifier.
  private static Optional<Pooling> pooling(Metadata metadata) {
    String key = metadata.string("general.architecture") + ".pooling_type";
    int type = metadata.integer(key, 1);
    return switch (type) {
      case 0, 1 -> Optional.of(Pooling.MEAN);
      case 2 -> Optional.of(Pooling.FIRST);
      case 3 -> Optional.of(Pooling.LAST);
      case 4 -> Optional.empty();
      default ->
          throw new Unsupported(
              "Pooling of type %d".formatted(type),
              "0 and 1 (mean), 2 (first), 3 (last), 4 (rank)");
    };
  }

  @Override
  public ModelCard card() {
    return card;
  }

  @Override
  public Embedder embedder() {
    return embedder.orElseThrow(() ->
        new Unsupported(
            "Embedding texts with %s, which was made to rank passages,".formatted(card.name()),
            "embedding models"));
  }

  @Override
  public Reranker reranker() {
    return reranker.orElseThrow(() ->
        new Unsupported(
            "Ranking passages with %s, which has no classifier,".formatted(card.name()),
            "cross-encoders"));
  }

  /// Makes an adapter ready, so that requests can name it; one that had that id is replaced, and
  /// answers under way keep what they began with. Memory is what its factors take.
  ///
  /// @param id what [AdapterUse#name()] is to call it
  /// @throws InvalidRequest where it is an adapter of another architecture or shape, or of matrices
  ///   that this model does not have
  /// @throws Unsupported where it adapts experts, embeddings or what is no matrix
  public void load(String id, Adapter adapter) {
    adapters.put(id, engine.fit(adapter));
  }

  /// Lets go of an adapter; answers under way keep it until they end.
  public void unload(String id) {
    adapters.remove(id);
  }

  /// Lets go of what is remembered of the prompts of `owner`, the first line of their cache scopes,
  /// in memory, before the next step; what lies on the disk is [SavedPrompts#erase]'s.
  public void forget(String owner) {
    engine.forget(owner);
  }

  /// Whether an adapter of that id is ready.
  public boolean isLoaded(String id) {
    return adapters.has(id);
  }

  /// This model with adapters on top of it for everything that is asked of it, before those that a
  /// request names itself. Closing it closes nothing.
  ///
  /// @param name what it is called
  /// @throws InvalidRequest where one of them is not loaded
  public ChatModel adapted(String name, List<AdapterUse> uses) {
    adapters.of(uses);
    return new AdaptedModel(this, card.named(name), uses);
  }

  @Override
  public ChatStream stream(ChatRequest request) {
    if (reranker.isPresent()) {
      throw new Unsupported(
          "An answer from %s, which was made to rank passages,".formatted(card.name()),
          "POST /v1/rerank");
    }
    List<FittedAdapter.Use> uses = adapters.of(request.adapters());
    Rendered rendered = rendered(request.prompt());
    int[] tokens = rendered.tokens();
    if (tokens.length == 0) {
      throw new InvalidRequest("The prompt is empty.", "prompt");
    }
    if (tokens.length >= card.contextLength()) {
      throw new ContextLengthExceeded(tokens.length, card.contextLength());
    }
    boolean trimSpace =
        tokenizer.addsLeadingSpace() && request.prompt() instanceof Prompt.Conversation;
    int room = card.contextLength() - tokens.length;
    AnswerFormat format = rendered.format();
    var wanted =
        new AnswerGrammar.Wanted(
            format,
            format.thinkingBegun(rendered.end()),
            toolUse(request.prompt()),
            request.format(),
            trimSpace);
    Optional<Constraint> constraint =
        constraints.of(wanted, Math.min(room, request.maxTokens().orElse(room)));
    var generation =
        new Generation(
            tokens,
            request,
            tokenizer,
            card.contextLength(),
            format,
            rendered.end(),
            trimSpace,
            sampler(request.sampling(), tokens),
            constraint.orElse(null),
            uses);
    engine.submit(generation);
    return generation.stream();
  }

  private static ToolUse toolUse(Prompt prompt) {
    return switch (prompt) {
      case Prompt.Text _ -> ToolUse.NONE;
      case Prompt.Conversation conversation -> conversation.toolUse();
    };
  }

  private Sampler sampler(Sampling sampling, int[] prompt) {
    int size = tokenizer.vocabulary().size();
    for (int token : sampling.logitBias().keySet()) {
      if (token >= size) {
        throw new InvalidRequest(
            "logit_bias names the token %d; this model has those from 0 to %d."
                .formatted(token, size - 1),
            "logit_bias");
      }
    }
    if (!sampling.dry().isOn()) {
      return new Sampler(sampling, prompt);
    }
    List<String> texts = sampling.dry().sequenceBreakers();
    if (breakers.size() >= MOST_BREAKERS) {
      breakers.clear();
    }
    return new Sampler(
        sampling,
        prompt,
        breakers.computeIfAbsent(texts, all -> SequenceBreakers.of(all, tokenizer)));
  }

  @Override
  public int countTokens(Prompt prompt) {
    return rendered(prompt).tokens().length;
  }

  @Override
  public List<Continuation> continuations(String context, List<String> texts) {
    return continuations(context, texts, List.of());
  }

  List<Continuation> continuations(String context, List<String> texts, List<AdapterUse> uses) {
    return Scoring.all(engine, tokenizer, card.contextLength(), context, texts, adapters.of(uses));
  }

  @Override
  public List<ChatEvent.TokenLogprob> tokens(String text, int top) {
    return tokens(text, top, List.of());
  }

  List<ChatEvent.TokenLogprob> tokens(String text, int top, List<AdapterUse> uses) {
    return Scoring.each(engine, tokenizer, card.contextLength(), text, top, adapters.of(uses));
  }

  @Override
  public List<Continuation> continuations(Prompt prompt, List<String> texts) {
    return continuations(prompt, texts, List.of());
  }

  List<Continuation> continuations(Prompt prompt, List<String> texts, List<AdapterUse> uses) {
    return switch (prompt) {
      case Prompt.Text text -> continuations(text.text(), texts, uses);
      case Prompt.Conversation _ ->
          Scoring.answers(
              engine,
              card.contextLength(),
              rendered(prompt).tokens(),
              texts.stream().map(tokenizer::encode).toList(),
              adapters.of(uses));
    };
  }

  /// A prompt as the model reads it.
  ///
  /// @param end its last characters
  /// @param format how the model answers it
  private record Rendered(int[] tokens, String end, AnswerFormat format) {}

  private static final int END = 100;

  private Rendered rendered(Prompt prompt) {
    return switch (prompt) {
      case Prompt.Text text ->
          new Rendered(
              tokenizer.withBeginning(tokenizer.encode(text.text())), "", AnswerFormat.PLAIN);
      case Prompt.Conversation conversation -> {
        ChatTemplate template = templates.of(conversation.toolUse(), card.name());
        AnswerFormat format = templates.format(template);
        requireServed(conversation.toolUse(), format);
        MarkedText text = template.render(conversation, true);
        String value = text.value();
        yield new Rendered(
            tokenizer.withBeginning(tokenizer.encode(text)),
            value.substring(Math.max(0, value.length() - END)),
            format);
      }
    };
  }

  /// Refuses what would be a promise broken.
  private static void requireServed(ToolUse toolUse, AnswerFormat format) {
    if (toolUse.shown().isEmpty()) {
      return;
    }
    if (format.calls() == AnswerFormat.Calls.NONE) {
      throw new InvalidRequest(
          "This model was not made to call tools: its chat template has no place for them. Leave"
              + " tools out, or take a model that has one, such as Hermes, Qwen or Llama 3.",
          "tools");
    }
    if (format.calls() == AnswerFormat.Calls.UNKNOWN) {
      throw new InvalidRequest(
          "The form in which this model calls tools is not read yet: those of Hermes, Qwen,"
              + " Mistral, Llama 3, gpt-oss, Gemma 4, LFM2, Granite and DeepSeek are.",
          "tools");
    }
  }

  @Override
  public void close() {
    engine.close();
  }
}
