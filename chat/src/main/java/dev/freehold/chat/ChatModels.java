package dev.freehold.chat;

import java.util.List;

/// The models that can be asked by name.
///
/// Implementations are safe for use by many threads at once.
public interface ChatModels {

  /// The models that are here, the default one first.
  List<ModelCard> cards();

  /// Those that `principal` may ask: what not everybody may know of is listed for those who may.
  default List<ModelCard> cards(Principal principal) {
    return cards();
  }

  /// The model of that name, loaded if it was not; loading may take seconds.
  ///
  /// @throws NotFound where no model has that name
  ChatModel model(String name);

  /// The model of that name for somebody: what a workload's route, a gate or a canary decides is
  /// decided for whom it is.
  ///
  /// @throws NotFound where no model has that name
  default ChatModel model(String name, Asking asking) {
    return model(name);
  }
}
