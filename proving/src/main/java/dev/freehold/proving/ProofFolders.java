package dev.freehold.proving;

import dev.freehold.chat.NotFound;
import dev.freehold.chat.Unavailable;
import dev.freehold.evaluation.EvidencePack;
import dev.freehold.evaluation.Proof;
import dev.freehold.evaluation.Report;
import dev.freehold.evaluation.SigningKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Where journals, reports and evidence of proofs lie.
///
/// @param home the data folder
record ProofFolders(Path home) {

  /// The folder of all of them.
  Path all() {
    return home.resolve("proofs");
  }

  /// The folder of one.
  Path of(String id) {
    return all().resolve(id);
  }

  /// Writes the report and the signed evidence of a proof.
  ///
  /// @throws Unavailable where that cannot be done
  void write(String id, Proof proof) {
    Path folder = of(id);
    try {
      Files.writeString(folder.resolve("report.html"), Report.html(proof), StandardCharsets.UTF_8);
      Files.write(folder.resolve("report.pdf"), Report.pdf(proof));
    } catch (IOException e) {
      throw new Unavailable("The report cannot be written: %s.".formatted(e.getMessage()), e);
    }
    EvidencePack.write(
        proof, SigningKey.in(home.resolve("evidence.key")), folder.resolve("evidence.zip"));
  }

  /// The journal of one.
  Path journal(String id) {
    return of(id).resolve("journal.jsonl");
  }

  /// A proof as it is now: one that a command ran and that runs no more has broken off.
  ProofRun now(ProofTable.Entry entry) {
    ProofRun run = entry.run();
    return run.state() == ProofRun.State.RUNNING
            && entry.place().equals(ProofTable.COMMAND)
            && !Hold.on(of(run.id()))
        ? run.in(
            ProofRun.State.FAILED,
            "The command that ran it has ended; the same command goes on where it was.")
        : run;
  }

  /// A file of a proof.
  ///
  /// @throws NotFound where there is none
  static byte[] read(ProofRun run, String name) {
    Path file = run.folder().resolve(name);
    if (!Files.isRegularFile(file)) {
      throw new NotFound("Proof %s has no %s.".formatted(run.id(), name));
    }
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new Unavailable("%s cannot be read: %s.".formatted(name, e.getMessage()), e);
    }
  }

  /// Deletes what glances that were broken off have left.
  void deleteGlances() {
    if (!Files.isDirectory(all())) {
      return;
    }
    List<Path> left;
    try (Stream<Path> folders = Files.list(all())) {
      left = folders.filter(one -> one.getFileName().toString().startsWith("look-")).toList();
    } catch (IOException e) {
      throw new Unavailable("%s cannot be read: %s.".formatted(all(), e.getMessage()), e);
    }
    left.forEach(this::delete);
  }

  /// Deletes a folder that is one of these, with all in it; any other is left alone.
  void delete(Path folder) {
    if (!folder.startsWith(all()) || !Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      throw new Unavailable("%s cannot be deleted: %s.".formatted(folder, e.getMessage()), e);
    }
  }
}
