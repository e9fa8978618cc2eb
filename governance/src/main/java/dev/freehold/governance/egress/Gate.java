package dev.freehold.governance.egress;

import dev.freehold.chat.Asking;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.FreeholdException;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Sensitivity;
import dev.freehold.chat.Unavailable;
import dev.freehold.database.Database;
import dev.freehold.governance.egress.EgressPolicy.Action;
import dev.freehold.governance.egress.EgressRecord.Decision;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/// The one door through which requests leave the house.
///
/// What is marked secret never passes. Everything else is looked at as a whole; identifiers and
/// secrets are stopped or replaced as the policy says; the intent is on the disk before a byte
/// leaves. A fault in any of this, or too long a look, and the request stays: the gate never
/// permits by failing.
///
/// Safe for use by many threads at once.
public final class Gate {

  private final Scanner scanner;
  private final Supplier<EgressPolicy> policies;
  private final Record log;
  private final Clock clock;

  /// Where intents are kept.
  @FunctionalInterface
  interface Record {
    void write(EgressRecord entry);
  }

  Gate(Scanner scanner, Supplier<EgressPolicy> policies, Record log, Clock clock) {
    this.scanner = scanner;
    this.policies = policies;
    this.log = log;
    this.clock = clock;
  }

  /// A gate that keeps its record in this database.
  public static Gate in(Database database, EgressPolicy policy) {
    return in(database, () -> policy);
  }

  /// A gate that keeps its record in this database and asks a file for its policy at each request.
  public static Gate in(Database database, EgressPolicyFile file) {
    return in(database, file::require);
  }

  private static Gate in(Database database, Supplier<EgressPolicy> policies) {
    return new Gate(
        new StandardScanner(), policies, EgressLog.in(database)::write, Clock.systemUTC());
  }

  /// The model of an upstream, behind this gate.
  ///
  /// @param upstream what is asked once a request may leave
  /// @param origin the server it would go to
  /// @param asking on whose behalf
  public ChatModel guard(ChatModel upstream, String origin, Asking asking) {
    return new GuardedModel(upstream, this, origin, asking);
  }

  /// A request that may leave.
  ///
  /// @param request with placeholders
  /// @param placeholders what they stand for
  record Passed(ChatRequest request, Placeholders placeholders) {}

  /// Lets a request pass, or throws.
  ///
  /// @throws InvalidRequest where it holds what may not leave, naming the field and what it is
  /// @throws Unavailable where it could not be looked at or recorded
  Passed pass(ChatRequest request, String origin, String model, Asking asking) {
    Leaving leaving = Leaving.of(request);
    if (asking.sensitivity() == Sensitivity.SECRET) {
      record(leaving, origin, model, asking, Decision.STOPPED, List.of("SENSITIVITY"));
      throw new InvalidRequest(
          "This is marked secret and never leaves; ask a model that runs here.", "model");
    }
    EgressPolicy policy = policy(leaving, origin, model, asking);
    Inspection inspection = inspect(leaving, policy);
    if (inspection.clean()) {
      record(leaving, origin, model, asking, Decision.PASSED, List.of());
      return new Passed(request, new Placeholders(""));
    }
    try {
      requirePermitted(leaving, inspection, request, policy);
    } catch (InvalidRequest refused) {
      record(leaving, origin, model, asking, Decision.STOPPED, inspection.kinds());
      throw refused;
    }
    var placeholders = new Placeholders(leaving.joined());
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < leaving.texts().size(); i++) {
      texts.add(placeholders.replace(leaving.texts().get(i).text(), inspection.each().get(i)));
    }
    record(leaving, origin, model, asking, Decision.REPLACED, inspection.kinds());
    return new Passed(Leaving.with(request, texts), placeholders);
  }

  private EgressPolicy policy(Leaving leaving, String origin, String model, Asking asking) {
    try {
      return policies.get();
    } catch (FreeholdException e) {
      record(leaving, origin, model, asking, Decision.STOPPED, List.of("POLICY"));
      throw e;
    }
  }

  private Inspection inspect(Leaving leaving, EgressPolicy policy) {
    var looking = new FutureTask<>(() -> Inspection.of(leaving, scanner));
    Thread thread = Thread.ofPlatform().daemon().name("gate").start(looking);
    try {
      return looking.get(policy.deadline().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      thread.interrupt();
      throw new Unavailable(
          "The request could not be looked at in %d ms and was not sent."
              .formatted(policy.deadline().toMillis()),
          e);
    } catch (ExecutionException e) {
      throw new Unavailable("The request could not be looked at and was not sent.", e.getCause());
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
      throw new Unavailable("The request was interrupted and not sent.", e);
    }
  }

  private static void requirePermitted(
      Leaving leaving, Inspection inspection, ChatRequest request, EgressPolicy policy) {
    if (!inspection.split().isEmpty()) {
      Kind kind = inspection.split().getFirst();
      throw stopped(kind, "messages", "is divided over several messages");
    }
    for (int i = 0; i < leaving.texts().size(); i++) {
      for (Finding finding : inspection.each().get(i)) {
        Leaving.Text text = leaving.texts().get(i);
        if (policy.action(finding.kind()) == Action.STOP || !replaceable(text, finding)) {
          throw stopped(finding.kind(), text.field(), "stands in it");
        }
      }
    }
    if (request.topLogprobs().isPresent()) {
      throw new InvalidRequest(
          "Log-probabilities cannot be given where something was replaced by a placeholder.",
          "logprobs");
    }
  }

  private static boolean replaceable(Leaving.Text text, Finding finding) {
    return switch (text.place()) {
      case USER, WORDS -> true;
      case JSON ->
          Leaving.inString(text.text(), finding.start())
              && text.text().indexOf('"', finding.start()) >= finding.end();
      case NAME -> false;
    };
  }

  private static InvalidRequest stopped(Kind kind, String field, String how) {
    return new InvalidRequest(
        "The request was not sent: something that looks like a %s %s. Take it out, or ask a model that runs here."
            .formatted(kind.word(), how),
        field);
  }

  private void record(
      Leaving leaving,
      String origin,
      String model,
      Asking asking,
      Decision decision,
      List<String> found) {
    log.write(
        new EgressRecord(
            0,
            clock.instant(),
            asking.principal().id(),
            asking.workload(),
            origin,
            model,
            leaving.bytes(),
            decision,
            found,
            ""));
  }
}
