/// Benchmarks.
@org.jspecify.annotations.NullMarked
module dev.freehold.bench {
  requires static org.jspecify;
  requires dev.freehold.model;
  requires dev.freehold.training;
}
