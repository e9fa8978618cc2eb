package dev.freehold.teaching;

import dev.freehold.chat.Principal;
import java.util.List;
import java.util.Set;

/// The port through which teaching sees what workloads captured.
public interface CapturedExchanges {

  /// All whole exchanges of a workload, the oldest first.
  ///
  /// @throws dev.freehold.chat.NotFound where there is none of that name, or the asker may not see
  ///   it
  List<TrainableExchange> of(Principal asker, String workload);

  /// Which of these are still there.
  Set<String> present(Set<String> ids);
}
