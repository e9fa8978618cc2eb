package dev.freehold.cli;

import dev.freehold.chat.ChatModel;
import dev.freehold.store.StoredAdapter;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/// The adapters that are ready for one model in memory: each is read when it is first wanted, and
/// those wanted longest ago go where they take too much. Safe for use by many threads at once.
final class Wardrobe {

  private final ModelOpener opener;
  private final ChatModel model;
  private final long most;

  /// Held for reading while an answer begins, so that what it wants stays until it has begun.
  private final ReadWriteLock beginnings = new ReentrantReadWriteLock();

  private final Map<String, StoredAdapter> ready = new LinkedHashMap<>(16, 0.75f, true);

  /// @param most bytes that adapters may take together
  Wardrobe(ModelOpener opener, ChatModel model, long most) {
    this.opener = opener;
    this.model = model;
    this.most = most;
  }

  /// Does what needs these adapters ready.
  <T> T with(List<StoredAdapter> wanted, Supplier<T> work) {
    if (wanted.isEmpty()) {
      return work.get();
    }
    makeRoom(wanted);
    beginnings.readLock().lock();
    try {
      synchronized (ready) {
        for (StoredAdapter adapter : wanted) {
          if (ready.get(adapter.digest().toString()) == null) {
            opener.put(model, adapter);
            ready.put(adapter.digest().toString(), adapter);
          }
        }
      }
      return work.get();
    } finally {
      beginnings.readLock().unlock();
    }
  }

  private void makeRoom(List<StoredAdapter> wanted) {
    synchronized (ready) {
      if (taken(wanted) <= most) {
        return;
      }
    }
    beginnings.writeLock().lock();
    try {
      synchronized (ready) {
        Iterator<StoredAdapter> eldest = List.copyOf(ready.values()).iterator();
        while (taken(wanted) > most && eldest.hasNext()) {
          StoredAdapter adapter = eldest.next();
          if (wanted.stream().noneMatch(one -> one.digest().equals(adapter.digest()))) {
            ready.remove(adapter.digest().toString());
            opener.take(model, adapter);
          }
        }
      }
    } finally {
      beginnings.writeLock().unlock();
    }
  }

  private long taken(List<StoredAdapter> wanted) {
    Map<String, Long> bytes = new LinkedHashMap<>();
    ready.values().forEach(one -> bytes.put(one.digest().toString(), one.bytes()));
    wanted.forEach(one -> bytes.put(one.digest().toString(), one.bytes()));
    return bytes.values().stream().mapToLong(Long::longValue).sum();
  }
}
