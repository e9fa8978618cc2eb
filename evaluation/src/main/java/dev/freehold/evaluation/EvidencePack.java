package dev.freehold.evaluation;

import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Unavailable;
import dev.freehold.chat.Unsupported;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A proof in one signed file: benchmark, every answer, scores, settings, verdicts and report. A
/// ZIP archive whose manifest lists the SHA-256 of each entry and is signed with Ed25519.
public final class EvidencePack {

  private static final String MANIFEST = "manifest.json";
  private static final String SIGNATURE = "manifest.sig";
  private static final String PROOF = "proof.json";
  private static final String BENCHMARK = "benchmark.jsonl";
  private static final String ANSWERS = "answers.jsonl";
  private static final String JUDGEMENTS = "judgements.jsonl";
  private static final String REPORT = "report.html";
  private static final String PDF = "report.pdf";

  /// Raised whenever packs are written, or verdicts computed, otherwise than before.
  private static final int VERSION = 3;

  private static final long LARGEST = 1L << 30;

  private EvidencePack() {}

  /// What was found true of a pack.
  ///
  /// @param key fingerprint of the key that signed it
  /// @param regraded whether the scores were computed again from the answers, too
  /// @param verdicts as recomputed
  public record Verified(String key, boolean regraded, List<Verdict> verdicts) {
    public Verified {
      verdicts = List.copyOf(verdicts);
    }
  }

  /// Writes a pack; the file is complete or not there.
  public static void write(Proof proof, SigningKey key, Path file) {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put(PROOF, bytes(PackJson.write(proof).toPrettyString()));
    entries.put(BENCHMARK, bytes(BenchmarkJson.lines(proof.benchmark())));
    StringBuilder answers = new StringBuilder();
    proof.attempts().forEach(one -> answers.append(ProofJson.write(one)).append('\n'));
    entries.put(ANSWERS, bytes(answers.toString()));
    StringBuilder judgements = new StringBuilder();
    proof.judgements().forEach(one -> judgements.append(ProofJson.write(one)).append('\n'));
    entries.put(JUDGEMENTS, bytes(judgements.toString()));
    entries.put(REPORT, bytes(Report.html(proof)));
    entries.put(PDF, Report.pdf(proof));
    ObjectNode manifest = JsonMapper.shared().createObjectNode();
    manifest.put("format", "freehold-evidence").put("version", VERSION);
    manifest.put("key", key.publicKey());
    ObjectNode digests = manifest.putObject("entries");
    entries.forEach((name, content) -> digests.put(name, Digests.sha256(content)));
    byte[] listed = bytes(manifest.toPrettyString());
    entries.put(MANIFEST, listed);
    entries.put(SIGNATURE, bytes(Base64.getEncoder().encodeToString(key.sign(listed))));
    save(entries, file);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void save(Map<String, byte[]> entries, Path file) {
    try {
      Path whole = file.toAbsolutePath();
      Path temporary = Files.createTempFile(whole.getParent(), "pack", ".tmp");
      try (OutputStream out = Files.newOutputStream(temporary);
          ZipOutputStream zip = new ZipOutputStream(out)) {
        for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
          ZipEntry named = new ZipEntry(entry.getKey());
          named.setTime(0);
          zip.putNextEntry(named);
          zip.write(entry.getValue());
          zip.closeEntry();
        }
      }
      Files.move(temporary, whole, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new Unavailable("%s cannot be written: %s.".formatted(file, e.getMessage()), e);
    }
  }

  /// Checks a pack with nothing but itself: signature, digests, and the verdicts, which are
  /// computed again from the scores and, where the graders allow it, from the answers.
  ///
  /// @param trusted fingerprint that must have signed; empty: any, and the caller shows whose
  /// @throws MalformedFile saying what does not hold
  public static Verified verify(Path file, Optional<String> trusted) {
    Map<String, byte[]> entries = read(file);
    byte[] manifest = entry(file, entries, MANIFEST);
    JsonNode listed = json(file, manifest, MANIFEST);
    int version = listed.path("version").asInt(0);
    if (!listed.path("format").asString("").equals("freehold-evidence") || version < 1) {
      throw broken(file, "is no evidence pack");
    }
    String key = listed.path("key").asString("");
    String signature = new String(entry(file, entries, SIGNATURE), StandardCharsets.US_ASCII);
    if (!SigningKey.signed(key, manifest, signature)) {
      throw broken(file, "has a signature that does not fit: it was changed after it was signed");
    }
    String fingerprint = SigningKey.fingerprint(key);
    if (trusted.isPresent() && !trusted.get().equals(fingerprint)) {
      throw broken(file, "was signed by %s, not by %s".formatted(fingerprint, trusted.get()));
    }
    digests(file, entries, listed.path("entries"));
    if (version != VERSION) {
      throw new Unsupported(
          "Computing the verdicts of %s again, an evidence pack of form %d that %s wrote (signed by %s, and what it holds is what was signed),"
              .formatted(file, version, writer(file, entries), fingerprint),
          "form %d; verify it with the Freehold that wrote it".formatted(VERSION));
    }
    return recompute(file, entries, fingerprint);
  }

  /// The program that says it wrote a pack.
  private static String writer(Path file, Map<String, byte[]> entries) {
    byte[] proof = entries.getOrDefault(PROOF, new byte[0]);
    String said = proof.length == 0 ? "" : json(file, proof, PROOF).path("freehold").asString("");
    return said.matches("[0-9A-Za-z.+-]{1,40}") ? "Freehold " + said : "an unknown Freehold";
  }

  private static void digests(Path file, Map<String, byte[]> entries, JsonNode listed) {
    for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
      String name = entry.getKey();
      boolean own = name.equals(MANIFEST) || name.equals(SIGNATURE);
      if (!own && !listed.path(name).asString("").equals(Digests.sha256(entry.getValue()))) {
        throw broken(file, "holds %s, which is not what was signed".formatted(name));
      }
    }
    listed.propertyNames().forEach(name -> entry(file, entries, name));
  }

  private static Verified recompute(Path file, Map<String, byte[]> entries, String key) {
    JsonNode proof = json(file, entry(file, entries, PROOF), PROOF);
    PackJson.Read read = PackJson.read(file, proof, lines(file, entries, BENCHMARK));
    List<Verdict> verdicts =
        Proof.verdicts(
            read.table(),
            read.settings(),
            read.contestants().stream().map(Contestant::name).toList());
    List<String> recomputed =
        verdicts.stream().map(one -> ProofJson.write(one).toString()).toList();
    if (!recomputed.equals(read.verdicts())) {
      throw broken(file, "states a verdict that does not follow from its scores");
    }
    boolean regraded =
        read.regrade(
            file,
            lines(file, entries, ANSWERS).stream().map(ProofJson::attempt).toList(),
            lines(file, entries, JUDGEMENTS).stream().map(ProofJson::judgement).toList());
    return new Verified(key, regraded, verdicts);
  }

  private static List<JsonNode> lines(Path file, Map<String, byte[]> entries, String name) {
    return new String(entry(file, entries, name), StandardCharsets.UTF_8)
        .lines()
        .map(line -> json(file, bytes(line), name))
        .toList();
  }

  private static JsonNode json(Path file, byte[] content, String name) {
    try {
      return JsonMapper.shared().readTree(content);
    } catch (JacksonException e) {
      throw new MalformedFile(file.toString(), -1, name + " is no JSON", e);
    }
  }

  private static byte[] entry(Path file, Map<String, byte[]> entries, String name) {
    byte[] content = entries.get(name);
    if (content == null) {
      throw broken(file, "lacks " + name);
    }
    return content;
  }

  static MalformedFile broken(Path file, String what) {
    return new MalformedFile(file.toString(), -1, what);
  }

  private static Map<String, byte[]> read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new NotFound("There is no file %s.".formatted(file));
    }
    Map<String, byte[]> entries = new TreeMap<>();
    long left = LARGEST;
    try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(file))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        byte[] buffer = new byte[1 << 16];
        for (int count = zip.read(buffer); count >= 0; count = zip.read(buffer)) {
          left -= count;
          if (left < 0) {
            throw broken(file, "unpacks to more than a gigabyte");
          }
          content.write(buffer, 0, count);
        }
        if (entries.put(entry.getName(), content.toByteArray()) != null) {
          throw broken(file, "holds %s twice".formatted(entry.getName()));
        }
      }
    } catch (ZipException | IllegalArgumentException e) {
      throw new MalformedFile(file.toString(), -1, "is no sound ZIP archive: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new MalformedFile(file.toString(), -1, "cannot be read: " + e.getMessage(), e);
    }
    return entries;
  }
}
