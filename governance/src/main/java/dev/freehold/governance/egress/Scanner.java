package dev.freehold.governance.egress;

import java.util.List;

/// Looks at a text before it leaves.
///
/// Implementations take time linear in the text and are safe for use by many threads at once.
@FunctionalInterface
interface Scanner {

  /// What is in it, in order, nothing twice.
  List<Finding> scan(String text);
}
