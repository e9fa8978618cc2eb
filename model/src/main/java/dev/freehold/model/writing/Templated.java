package dev.freehold.model.writing;

import dev.freehold.chat.Unsupported;
import dev.freehold.model.gguf.GgufHeader;
import dev.freehold.model.gguf.GgufTensor;
import dev.freehold.model.gguf.Metadata;
import dev.freehold.model.gguf.ModelFile;
import dev.freehold.model.template.ChatTemplate;
import java.time.Clock;
import java.util.Map;

/// A model file with another chat template than its own, or with one where it has none. Written by
/// [ModelWriter], the template is part of what its digest names. As safe for threads as `of`.
///
/// @param of the file with the weights; closed with this
/// @param metadata its metadata with the template
public record Templated(ModelFile of, Metadata metadata) implements ModelFile {

  /// @param template in Jinja2, as transformers reads it
  /// @throws Unsupported where it is not well formed or uses what is not served, naming the line
  public static Templated of(ModelFile file, String template) {
    ChatTemplate.parse(template, Map.of(), Clock.systemUTC());
    GgufHeader header = new GgufHeader().copy(file.metadata());
    header.text("tokenizer.chat_template", template);
    return new Templated(file, header.metadata(file.name()));
  }

  @Override
  public String name() {
    return of.name();
  }

  @Override
  public Map<String, GgufTensor> tensors() {
    return of.tensors();
  }

  @Override
  public long size() {
    return of.size();
  }

  @Override
  public void close() {
    of.close();
  }
}
