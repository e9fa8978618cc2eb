package dev.freehold.workload;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// Exchanges in a map: what the one in the database is held against.
class MemoryExchanges implements Exchanges {

  private final Map<String, Exchange> all = new ConcurrentSkipListMap<>();

  @Override
  public void append(List<Exchange> exchanges) {
    exchanges.forEach(one -> all.putIfAbsent(one.id(), one));
  }

  @Override
  public List<Exchange> newest(String workload, Optional<String> before, int limit) {
    return all.values().stream()
        .filter(one -> one.workload().equals(workload))
        .filter(one -> before.isEmpty() || one.id().compareTo(before.get()) < 0)
        .sorted((a, b) -> b.id().compareTo(a.id()))
        .limit(limit)
        .toList();
  }

  @Override
  public long count(String workload) {
    return all.values().stream().filter(one -> one.workload().equals(workload)).count();
  }

  @Override
  public int permitTraining(String workload, Set<String> ids, boolean may) {
    int changed = 0;
    for (String id : ids) {
      Exchange one = all.get(id);
      if (one != null && one.workload().equals(workload)) {
        all.put(id, ExchangesContract.permitted(one, may));
        changed++;
      }
    }
    return changed;
  }

  @Override
  public Set<String> present(Set<String> ids) {
    return ids.stream().filter(all::containsKey).collect(Collectors.toSet());
  }

  @Override
  public int erase(String principal) {
    return remove(one -> one.principal().equals(principal));
  }

  @Override
  public int expire(String workload, Instant before) {
    return remove(one -> one.workload().equals(workload) && one.at().isBefore(before));
  }

  @Override
  public int clear(String workload) {
    return remove(one -> one.workload().equals(workload));
  }

  private int remove(Predicate<Exchange> which) {
    int before = all.size();
    all.values().removeIf(which);
    return before - all.size();
  }
}
