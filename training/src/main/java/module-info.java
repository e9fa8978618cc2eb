/// Low-rank adapters over a frozen, quantised base.
@org.jspecify.annotations.NullMarked
module dev.freehold.training {
  requires static org.jspecify;
  requires transitive dev.freehold.chat;
  requires transitive dev.freehold.model;
  requires dev.freehold.tensor;

  exports dev.freehold.training;
}
