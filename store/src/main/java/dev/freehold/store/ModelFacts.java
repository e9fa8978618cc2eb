package dev.freehold.store;

/// What weights are, as their file or the catalogue says.
///
/// @param architecture e.g. `llama`; `unknown` where nobody said
/// @param parameters number of weights; 0 where unknown
/// @param contextLength most tokens of prompt and answer together; 0 where unknown
/// @param licence SPDX expression or the maker's name for it; `unknown` where nobody said
public record ModelFacts(String architecture, long parameters, int contextLength, String licence) {

  /// What stands where nobody said.
  public static final String UNKNOWN = "unknown";

  /// The same facts under another licence.
  public ModelFacts withLicence(String value) {
    return new ModelFacts(architecture, parameters, contextLength, value);
  }
}
