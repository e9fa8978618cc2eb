package dev.freehold.workload;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Principal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Where a workload's traffic goes.
///
/// @param incumbent the model that is used now
/// @param fallbacks models that are asked, in order, where the one that should answer fails before
///   its first word
/// @param candidate the model that may replace the incumbent
/// @param stage how far it has come
/// @param share percent of the principals that the candidate answers as a canary; 0 otherwise
public record Route(
    String incumbent,
    List<String> fallbacks,
    Optional<String> candidate,
    Stage stage,
    double share) {

  private static final long PARTS = 1L << 32;

  public Route {
    fallbacks = List.copyOf(fallbacks);
    requireTarget(incumbent, "incumbent");
    fallbacks.forEach(one -> requireTarget(one, "fallback"));
    candidate.ifPresent(one -> requireTarget(one, "to"));
    if (stage != Stage.INCUMBENT && candidate.isEmpty()) {
      throw new InvalidRequest("Name the candidate with --to.", "to");
    }
    if (stage == Stage.CANARY ? !(share > 0 && share < 100) : share != 0) {
      throw new InvalidRequest(
          "A canary's share is more than 0 and less than 100 percent.", "canary");
    }
    if (candidate.filter(incumbent::equals).isPresent()) {
      throw new InvalidRequest("%s is the incumbent already.".formatted(incumbent), "to");
    }
  }

  /// All traffic to one model.
  public static Route to(String incumbent) {
    return new Route(incumbent, List.of(), Optional.empty(), Stage.INCUMBENT, 0);
  }

  private static void requireTarget(String target, String field) {
    if (target.isBlank() || target.length() > 300) {
      throw new InvalidRequest("A model's name is 1 to 300 characters.", field);
    }
  }

  /// All models it leads to.
  Stream<String> models() {
    return Stream.concat(
        Stream.concat(Stream.of(incumbent), fallbacks.stream()), candidate.stream());
  }

  /// The same with other fallbacks.
  public Route withFallbacks(List<String> value) {
    return new Route(incumbent, value, candidate, stage, share);
  }

  /// The candidate at a stage. If another one has taken over wholly, it is the incumbent from now
  /// on.
  public Route at(Stage next, Optional<String> to, double canaryShare) {
    boolean another = to.isPresent() && !to.equals(candidate);
    String now = another && stage == Stage.FULL ? candidate.orElse(incumbent) : incumbent;
    return new Route(
        now,
        fallbacks,
        to.isPresent() ? to : candidate,
        next,
        next == Stage.CANARY ? canaryShare : 0);
  }

  /// All traffic back to the incumbent.
  public Route back() {
    return new Route(incumbent, fallbacks, candidate, Stage.INCUMBENT, 0);
  }

  /// The models to ask for this principal, the one that should answer first.
  List<Target> targets(String workload, Principal principal) {
    List<Target> targets = new ArrayList<>();
    boolean toCandidate =
        switch (stage) {
          case INCUMBENT, SHADOW -> false;
          case CANARY -> position(workload, principal) < share;
          case FULL -> true;
        };
    targets.add(
        toCandidate
            ? new Target(candidate.orElseThrow(), Part.CANDIDATE)
            : new Target(incumbent, Part.INCUMBENT));
    for (String fallback : fallbacks) {
      if (!fallback.equals(targets.getFirst().model())) {
        targets.add(new Target(fallback, Part.FALLBACK));
      }
    }
    return targets;
  }

  /// A model with the part it plays.
  record Target(String model, Part part) {}

  /// Where a principal stands between 0 and 100, for ever the same: who is in a canary stays in it
  /// while its share grows, and another workload's canary has others.
  static double position(String workload, Principal principal) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(
                  (workload.length() + ":" + workload + principal.id())
                      .getBytes(StandardCharsets.UTF_8));
      return 100.0 * Integer.toUnsignedLong(ByteBuffer.wrap(hash).getInt()) / PARTS;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /// In a few words.
  public String summary() {
    return switch (stage) {
      case INCUMBENT -> incumbent;
      case SHADOW -> "%s, %s in shadow".formatted(incumbent, candidate.orElseThrow());
      case CANARY ->
          "%s, %s for %s %%".formatted(incumbent, candidate.orElseThrow(), trimmed(share));
      case FULL -> "%s instead of %s".formatted(candidate.orElseThrow(), incumbent);
    };
  }

  private static String trimmed(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }
}
