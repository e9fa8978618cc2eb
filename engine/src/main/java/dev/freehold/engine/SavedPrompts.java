package dev.freehold.engine;

import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.Unavailable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/// Where what a model remembers of long prompts is kept on the disk, so that it need not read them
/// again, also after a restart.
///
/// What is kept holds the prompts themselves. It is kept apart by model, by how it is run, and by
/// cache scope: nothing passes from one to another. The first line of a scope is whose the prompts
/// are, which can be erased; what is nobody's is not kept. A model whose digest is unknown keeps
/// nothing.
///
/// @param folder is made where it is missing; several models may share it
/// @param mostBytes most of it; what was used longest ago goes first
/// @param fewestTokens shorter prompts are not worth it; at least 1
public record SavedPrompts(Path folder, long mostBytes, int fewestTokens) {

  private static final int WORTH_IT = 256;
  private static final String ERASED = "erased-";

  public SavedPrompts {
    if (mostBytes < 0 || fewestTokens < 1) {
      throw new IllegalArgumentException("%d bytes, %d tokens".formatted(mostBytes, fewestTokens));
    }
  }

  /// Prompts from 256 tokens.
  public static SavedPrompts in(Path folder, long mostBytes) {
    return new SavedPrompts(folder, mostBytes, WORTH_IT);
  }

  /// Deletes all that is saved of the prompts of `owner`, whichever model was asked. What another
  /// thread or process is writing of them then comes to nothing.
  ///
  /// @param owner the first line of their cache scopes
  /// @throws Unavailable where the disk does not let it be deleted
  public void erase(String owner) {
    Path its = of(owner);
    try {
      if (Files.isDirectory(its, LinkOption.NOFOLLOW_LINKS)) {
        // In one go, so that nothing comes in while it is emptied.
        Files.move(its, folder.resolve(ERASED + UUID.randomUUID()));
      }
    } catch (NoSuchFileException e) {
      // Another has just moved it; both empty it.
    } catch (IOException e) {
      throw cannot(e);
    }
    try {
      sweep();
    } catch (IOException e) {
      throw cannot(e);
    }
  }

  private Unavailable cannot(IOException e) {
    return new Unavailable(
        "Saved prompts in %s cannot be deleted: %s.".formatted(folder, e.getMessage()), e);
  }

  /// Ends what a process that died left of erasing.
  void sweep() throws IOException {
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    List<Path> left;
    try (Stream<Path> all = Files.list(folder)) {
      left = all.filter(path -> path.getFileName().toString().startsWith(ERASED)).toList();
    }
    for (Path tree : left) {
      while (Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
        delete(tree);
      }
    }
  }

  /// Deletes a tree, or as much of it as another thread or process that sweeps has left.
  private static void delete(Path tree) throws IOException {
    try (Stream<Path> all = Files.walk(tree)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (NoSuchFileException e) {
      // The other was there first; the caller looks again.
    } catch (UncheckedIOException e) {
      if (!(e.getCause() instanceof NoSuchFileException)) {
        throw e.getCause();
      }
    }
  }

  /// The folder of an owner's prompts.
  Path of(String owner) {
    return folder.resolve(HexFormat.of().formatHex(hash(owner.getBytes(StandardCharsets.UTF_8))));
  }

  /// Whose the prompts of a cache scope are; empty: nobody's.
  static String owner(String scope) {
    String named =
        scope.startsWith(ChatRequest.IN_MEMORY)
            ? scope.substring(ChatRequest.IN_MEMORY.length())
            : scope;
    int end = named.indexOf('\n');
    return end < 0 ? named : named.substring(0, end);
  }

  static byte[] hash(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
