package dev.freehold.remote;

import dev.freehold.chat.Unavailable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Set;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// Seals upstreams' keys at rest: AES-256 in Galois/Counter Mode (NIST SP 800-38D) under a key of
/// the data folder's own, each bound to the origin it may be sent to.
///
/// A sealed key that was moved to another origin cannot be opened. Copying the data folder copies
/// both; the file `secrets.key` alone, or what it sealed alone, is of no use.
///
/// Safe for use by many threads and processes at once.
final class KeySafe {

  private static final int KEY = 32;
  private static final int NONCE = 12;
  private static final int TAG_BITS = 128;
  private static final Set<PosixFilePermission> OWNER =
      PosixFilePermissions.fromString("rw-------");
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Path file;

  /// @param file where the sealing key lies, made when it is first needed
  KeySafe(Path file) {
    this.file = file;
  }

  /// The secret, sealed for one origin.
  String seal(String secret, String origin) {
    byte[] nonce = new byte[NONCE];
    RANDOM.nextBytes(nonce);
    try {
      byte[] sealed =
          cipher(Cipher.ENCRYPT_MODE, nonce, origin)
              .doFinal(secret.getBytes(StandardCharsets.UTF_8));
      byte[] all = ByteBuffer.allocate(NONCE + sealed.length).put(nonce).put(sealed).array();
      return Base64.getEncoder().encodeToString(all);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /// The secret that was sealed for that origin.
  ///
  /// @throws Unavailable where it was sealed for another origin, with another key, or is damaged
  String open(String sealed, String origin) {
    try {
      byte[] all = Base64.getDecoder().decode(sealed);
      if (all.length <= NONCE) {
        throw unreadable(origin, null);
      }
      byte[] secret =
          cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(all, NONCE), origin)
              .doFinal(all, NONCE, all.length - NONCE);
      return new String(secret, StandardCharsets.UTF_8);
    } catch (AEADBadTagException | IllegalArgumentException e) {
      throw unreadable(origin, e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private Unavailable unreadable(
      String origin, @org.jspecify.annotations.Nullable Throwable cause) {
    return new Unavailable(
        ("The key for %s cannot be opened: it was sealed for another server, or with another %s. Add"
                + " the upstream again with its key.")
            .formatted(origin, file.getFileName()),
        cause);
  }

  private Cipher cipher(int mode, byte[] nonce, String origin) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, new SecretKeySpec(key(), "AES"), new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(origin.getBytes(StandardCharsets.UTF_8));
    return cipher;
  }

  private byte[] key() {
    try {
      if (!Files.exists(file)) {
        make();
      }
      requireOwnersOnly();
      byte[] key = Files.readAllBytes(file);
      if (key.length != KEY) {
        throw new Unavailable("%s is damaged. Put the last backup in its place.".formatted(file));
      }
      return key;
    } catch (IOException e) {
      throw new Unavailable("%s cannot be used: %s.".formatted(file, e.getMessage()), e);
    }
  }

  /// Written under another name and then linked, so that nobody ever reads half a key.
  private void make() throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    byte[] key = new byte[KEY];
    RANDOM.nextBytes(key);
    Path fresh =
        file.resolveSibling(file.getFileName() + "." + Long.toHexString(RANDOM.nextLong()));
    try {
      try (FileChannel out =
          FileChannel.open(
              fresh, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), owners())) {
        out.write(ByteBuffer.wrap(key));
        out.force(true);
      }
      Files.createLink(file, fresh);
    } catch (FileAlreadyExistsException e) {
      return; // Another process was first; its key counts.
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  private static FileAttribute<?>[] owners() {
    return posix()
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER)}
        : new FileAttribute<?>[0];
  }

  private static boolean posix() {
    return java.nio.file.FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
  }

  private void requireOwnersOnly() throws IOException {
    if (posix() && !OWNER.containsAll(Files.getPosixFilePermissions(file))) {
      throw new Unavailable(
          "%s can be read by others. `chmod 600` it, and change the keys it sealed."
              .formatted(file));
    }
  }
}
