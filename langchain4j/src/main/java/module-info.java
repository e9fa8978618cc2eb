/// LangChain4j's ports over the engine.
@org.jspecify.annotations.NullMarked
module dev.freehold.langchain4j {
  requires static org.jspecify;
  requires transitive dev.freehold.chat;
  requires transitive dev.freehold.engine;
  requires transitive langchain4j.core;

  exports dev.freehold.langchain4j;
}
