package dev.freehold.evaluation;

import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.Unavailable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.Objects;

/// The Ed25519 key with which this house signs its evidence. Immutable.
public final class SigningKey {

  private static final String ALGORITHM = "Ed25519";

  private final PrivateKey secret;
  private final String shown;

  private SigningKey(PrivateKey secret, String shown) {
    this.secret = secret;
    this.shown = shown;
  }

  /// The key in a file that only its owner can read; it is made where there is none.
  ///
  /// @throws MalformedFile where the file holds no such key
  public static SigningKey in(Path file) {
    try {
      if (!Files.exists(file)) {
        create(file);
      }
      String[] lines = Files.readString(file).split("\n", -1);
      if (lines.length < 2) {
        throw new MalformedFile(file.toString(), -1, "is no signing key");
      }
      KeyFactory factory = KeyFactory.getInstance(ALGORITHM);
      PrivateKey secret =
          factory.generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(lines[0])));
      SigningKey key = new SigningKey(secret, lines[1]);
      byte[] probe = {1, 2, 3};
      if (!signed(lines[1], probe, Base64.getEncoder().encodeToString(key.sign(probe)))) {
        throw new MalformedFile(file.toString(), -1, "holds two halves that do not fit");
      }
      return key;
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new MalformedFile(file.toString(), -1, "is no signing key: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new Unavailable("%s cannot be read: %s.".formatted(file, e.getMessage()), e);
    }
  }

  private static void create(Path file) throws IOException, GeneralSecurityException {
    KeyPair pair = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
    Base64.Encoder base64 = Base64.getEncoder();
    Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
    Files.createDirectories(folder);
    boolean posix = folder.getFileSystem().supportedFileAttributeViews().contains("posix");
    Path temporary =
        posix
            ? Files.createTempFile(
                folder,
                "key",
                ".tmp",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))
            : Files.createTempFile(folder, "key", ".tmp");
    Files.writeString(
        temporary,
        base64.encodeToString(pair.getPrivate().getEncoded())
            + "\n"
            + base64.encodeToString(pair.getPublic().getEncoded())
            + "\n");
    try {
      Files.move(temporary, file);
    } catch (FileAlreadyExistsException e) {
      Files.delete(temporary); // Another process was first; its key is the one.
    }
  }

  /// The half that may be shown, in Base64.
  String publicKey() {
    return shown;
  }

  /// By which people recognise the key.
  public String fingerprint() {
    return fingerprint(shown);
  }

  static String fingerprint(String publicKey) {
    return Digests.sha256(publicKey).substring("sha256:".length(), "sha256:".length() + 32);
  }

  byte[] sign(byte[] content) {
    try {
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initSign(secret);
      signature.update(content);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java signs with Ed25519.", e);
    }
  }

  /// Whether the signature fits; a key or signature that is none does not.
  static boolean signed(String publicKey, byte[] content, String signature) {
    try {
      Signature check = Signature.getInstance(ALGORITHM);
      check.initVerify(
          KeyFactory.getInstance(ALGORITHM)
              .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(publicKey))));
      check.update(content);
      return check.verify(Base64.getDecoder().decode(signature.strip()));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return false;
    }
  }
}
