/// Benchmarks.
@org.jspecify.annotations.NullMarked
module dev.freehold.bench {
  requires static org.jspecify;
  requires dev.freehold.chat;
  requires dev.freehold.database;
  requires dev.freehold.governance;
  requires dev.freehold.model;
  requires dev.freehold.training;
  requires dev.freehold.workload;
}
