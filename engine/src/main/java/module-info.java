/// Runs models: sequences, scheduler, sampler and the local chat model.
@org.jspecify.annotations.NullMarked
module dev.freehold.engine {
  requires static org.jspecify;
  requires transitive dev.freehold.chat;
  requires dev.freehold.model;
  requires tools.jackson.databind;

  exports dev.freehold.engine;
}
