package dev.freehold.documents;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Tells subscribers which documents of a collection changed; what they are now, each looks up for
/// itself.
final class Changes {

  private final Set<Subscription> subscriptions = ConcurrentHashMap.newKeySet();

  void changed(String collection, String document) {
    for (Subscription subscription : subscriptions) {
      if (subscription.collection.equals(collection)) {
        subscription.add(document);
      }
    }
  }

  Subscription subscribe(String collection) {
    var subscription = new Subscription(collection);
    subscriptions.add(subscription);
    return subscription;
  }

  /// The ids of documents that changed and were not yet told, each once.
  final class Subscription implements AutoCloseable {

    private final String collection;
    private final Set<String> pending = new LinkedHashSet<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();

    private Subscription(String collection) {
      this.collection = collection;
    }

    private void add(String document) {
      lock.lock();
      try {
        pending.add(document);
        arrived.signal();
      } finally {
        lock.unlock();
      }
    }

    @Nullable String poll(Duration patience) throws InterruptedException {
      long left = patience.toNanos();
      lock.lock();
      try {
        while (pending.isEmpty()) {
          if (left <= 0) {
            return null;
          }
          left = arrived.awaitNanos(left);
        }
        String first = pending.iterator().next();
        pending.remove(first);
        return first;
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void close() {
      subscriptions.remove(this);
    }
  }
}
