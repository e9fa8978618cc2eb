package dev.freehold.engine;

import java.nio.file.Path;

/// Where what a model remembers of long prompts is kept on the disk, so that it need not read them
/// again, also after a restart.
///
/// What is kept holds the prompts themselves. It is kept apart by model, by how it is run, and by
/// cache scope: nothing passes from one to another. A model whose digest is unknown keeps nothing.
///
/// @param folder is made where it is missing; several models may share it
/// @param mostBytes most of it; what was used longest ago goes first
/// @param fewestTokens shorter prompts are not worth it; at least 1
public record SavedPrompts(Path folder, long mostBytes, int fewestTokens) {

  private static final int WORTH_IT = 256;

  public SavedPrompts {
    if (mostBytes < 0 || fewestTokens < 1) {
      throw new IllegalArgumentException("%d bytes, %d tokens".formatted(mostBytes, fewestTokens));
    }
  }

  /// Prompts from 256 tokens.
  public static SavedPrompts in(Path folder, long mostBytes) {
    return new SavedPrompts(folder, mostBytes, WORTH_IT);
  }
}
