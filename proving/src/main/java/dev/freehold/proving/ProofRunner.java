package dev.freehold.proving;

import dev.freehold.chat.FreeholdException;
import dev.freehold.chat.Principal;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/// Runs proofs beside a server, one after the other, and goes on with those that the last process
/// left.
///
/// Safe for use by many threads at once.
public final class ProofRunner implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger("dev.freehold.proving");

  private final Proofs proofs;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(Thread.ofVirtual().name("proofs").factory());

  /// @param proofs what is run
  public ProofRunner(Proofs proofs) {
    this.proofs = proofs;
  }

  /// Goes on with what the last process was running.
  ///
  /// @param people who somebody is now, by id; a proof of one who is nobody any more ends
  public void resume(Function<String, Optional<Principal>> people) {
    for (ProofTable.Entry left : proofs.unfinished()) {
      thread.execute(() -> {
        try {
          Optional<Principal> actor = people.apply(left.actor()).filter(Principal::administrator);
          if (actor.isEmpty()) {
            proofs.failed(left.run().id(), "Who began it may not prove any more.");
            return;
          }
          proofs.run(proofs.again(actor.get(), left.run()), _ -> {});
        } catch (FreeholdException e) {
          told(left.run().id(), e);
        } catch (RuntimeException e) {
          fault(left.run().id(), e);
        }
      });
    }
  }

  private void fault(String id, RuntimeException e) {
    LOG.log(System.Logger.Level.ERROR, "A proof failed", e);
    proofs.failed(id, "A fault of ours: " + e);
  }

  private void told(String id, FreeholdException e) {
    LOG.log(System.Logger.Level.WARNING, () -> "Proof " + id + " ended: " + e.getMessage());
    if (!Thread.currentThread().isInterrupted()) {
      proofs.failed(id, e.getMessage());
    }
  }

  /// Begins a proof; it runs when those before it are done.
  ///
  /// @throws dev.freehold.chat.Conflict where a sealed case would be shown, or it runs already
  public ProofRun start(Principal asker, String workload, Terms terms) {
    Proofs.Ready ready = proofs.ready(asker, workload, terms, Optional.empty());
    proofs.begin(asker, ready, terms, "up");
    thread.execute(() -> {
      try {
        proofs.run(ready, _ -> {});
      } catch (FreeholdException e) {
        told(ready.id(), e);
      } catch (RuntimeException e) {
        fault(ready.id(), e);
      }
    });
    return proofs.get(asker, ready.id());
  }

  /// Stops at the next answer; what ran goes on at the next start.
  @Override
  public void close() {
    thread.shutdownNow();
    try {
      if (!thread.awaitTermination(10, TimeUnit.SECONDS)) {
        LOG.log(System.Logger.Level.WARNING, "A proof did not stop in time.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
