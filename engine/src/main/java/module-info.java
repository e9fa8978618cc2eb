/// Runs models: sequences, scheduler, sampler and the local chat model.
@org.jspecify.annotations.NullMarked
module dev.freehold.engine {
  requires static org.jspecify;
  requires transitive dev.freehold.chat;
  requires dev.freehold.model;

  exports dev.freehold.engine;
}
