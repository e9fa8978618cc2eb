/// Open-weight models: files, tokenizers, templates, layers, architectures.
@org.jspecify.annotations.NullMarked
@SuppressWarnings("module") // training, which alone may see the layers, is built after this
module dev.freehold.model {
  requires static org.jspecify;
  requires transitive dev.freehold.chat;
  requires dev.freehold.tensor;
  requires tools.jackson.databind;

  exports dev.freehold.model;
  exports dev.freehold.model.adapter;
  exports dev.freehold.model.answer;
  exports dev.freehold.model.gguf;
  exports dev.freehold.model.safetensors;
  exports dev.freehold.model.template;
  exports dev.freehold.model.text;
  exports dev.freehold.model.tokenizer;
  exports dev.freehold.model.writing;
  exports dev.freehold.model.architecture to
      dev.freehold.training;
  exports dev.freehold.model.layer to
      dev.freehold.training;
}
