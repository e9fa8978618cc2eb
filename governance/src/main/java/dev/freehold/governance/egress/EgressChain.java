package dev.freehold.governance.egress;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/// What ties the records of what left to each other: each holds the SHA-256 of the link before it
/// and of its own fields, each framed by its length. Whoever changes, takes out or puts in a record
/// has to write all later links anew, and the last one is then another.
///
/// One check. Belongs to one thread.
public final class EgressChain {

  private final Optional<Anchor> anchor;
  private String link = "";
  private long id;
  private long linked;
  private long unlinked;
  private boolean anchored;
  private Optional<String> fault = Optional.empty();

  EgressChain(Optional<Anchor> anchor) {
    this.anchor = anchor;
  }

  /// A record and its link as somebody noted them down elsewhere.
  public record Anchor(long id, String link) {}

  /// What a check came to.
  ///
  /// @param linked records whose links are right
  /// @param unlinked records from before there were links
  /// @param head the last record, to be noted down elsewhere; empty where there is none
  /// @param fault what is wrong, where anything is
  public record Checked(
      long linked, long unlinked, Optional<Anchor> head, Optional<String> fault) {}

  static String link(String before, EgressRecord entry) {
    try {
      var bytes = new ByteArrayOutputStream();
      var out = new DataOutputStream(bytes);
      framed(out, before);
      out.writeLong(entry.id());
      out.writeLong(entry.at().toEpochMilli());
      framed(out, entry.principal());
      framed(out, entry.workload());
      framed(out, entry.origin());
      framed(out, entry.model());
      out.writeLong(entry.bytes());
      framed(out, entry.decision().name());
      framed(out, String.join(" ", entry.found()));
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.toByteArray()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void framed(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  /// Takes the next record; the first fault counts.
  void accept(EgressRecord entry) {
    if (fault.isPresent()) {
      return;
    }
    if (entry.link().isEmpty() && linked == 0) {
      unlinked++;
      id = entry.id();
      return;
    }
    if ((linked > 0 || unlinked > 0) && entry.id() != id + 1) {
      fault =
          Optional.of(
              "Between record %d and record %d, records are missing.".formatted(id, entry.id()));
    } else if (linked == 0 && unlinked == 0 && entry.id() != 1) {
      fault = Optional.of("The first records, up to %d, are missing.".formatted(entry.id() - 1));
    } else if (!link(link, entry).equals(entry.link())) {
      fault =
          Optional.of(
              "Record %d is not what was written, or what stood before it is not."
                  .formatted(entry.id()));
    }
    link = entry.link();
    id = entry.id();
    linked++;
    anchored |= anchor.isPresent() && anchor.get().id() == id && anchor.get().link().equals(link);
  }

  /// @param counted the number of the last record that was ever written
  Checked done(long counted) {
    if (fault.isEmpty() && counted > id) {
      fault = Optional.of("After record %d, records up to %d are missing.".formatted(id, counted));
    }
    if (fault.isEmpty() && anchor.isPresent() && !anchored) {
      fault =
          Optional.of(
              "Record %d is not there with the link that was noted down."
                  .formatted(anchor.get().id()));
    }
    return new Checked(
        linked,
        unlinked,
        linked == 0 ? Optional.empty() : Optional.of(new Anchor(id, link)),
        fault);
  }
}
