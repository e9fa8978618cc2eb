package dev.freehold.chat;

import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;

/// What a model is, as lists and pages show it.
///
/// @param name the name clients send as `model`
/// @param architecture as the file says, e.g. `llama`; `upstream` where only a server knows
/// @param parameters number of weights; 0 where unknown
/// @param bytes size of the weights on disk; 0 where unknown
/// @param contextLength most tokens of prompt and answer together; 0 where unknown
/// @param licence SPDX expression, or the name the maker gives it
/// @param digest `sha256:…` of the file; empty where unknown
/// @param created when it came here
/// @param shutdown the day its provider will end it, where one was announced
public record ModelCard(
    String name,
    String architecture,
    long parameters,
    long bytes,
    int contextLength,
    String licence,
    String digest,
    Instant created,
    Optional<LocalDate> shutdown) {

  /// A model whose end nobody has announced.
  public ModelCard(
      String name,
      String architecture,
      long parameters,
      long bytes,
      int contextLength,
      String licence,
      String digest,
      Instant created) {
    this(
        name,
        architecture,
        parameters,
        bytes,
        contextLength,
        licence,
        digest,
        created,
        Optional.empty());
  }

  /// The same model under another name.
  public ModelCard named(String value) {
    return new ModelCard(
        value, architecture, parameters, bytes, contextLength, licence, digest, created, shutdown);
  }
}
