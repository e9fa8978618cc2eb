package dev.freehold.model.adapter;

/// An adapter with what its file says of the model it was made for.
///
/// @param adapter the adapter
/// @param baseName what its maker calls the model; empty where unknown
/// @param baseDigest `sha256:…` of the model's file; empty where unknown
public record AdapterFile(Adapter adapter, String baseName, String baseDigest) {

  /// An adapter whose model is not named.
  public static AdapterFile of(Adapter adapter) {
    return new AdapterFile(adapter, "", "");
  }

  /// The same for a model of that name and digest.
  public AdapterFile madeFor(String name, String digest) {
    return new AdapterFile(adapter, name, digest);
  }
}
