package dev.freehold.server;

import dev.freehold.chat.ChatModels;
import dev.freehold.chat.Embedder;
import dev.freehold.database.Database;
import dev.freehold.documents.Library;
import dev.freehold.governance.Keys;
import dev.freehold.governance.egress.EgressLog;
import dev.freehold.proving.ProofRunner;
import dev.freehold.proving.Proofs;
import dev.freehold.proving.Watches;
import dev.freehold.workload.Workloads;
import java.util.List;

/// What the server serves from. It closes none of them.
///
/// @param database where conversations are kept
/// @param keys who may ask
/// @param models what can be asked by name: models, and workloads in front of them
/// @param embedders the models behind `/v1/embeddings`
/// @param library the documents that are asked
/// @param shelf what the page says about models
/// @param workloads the workloads in front of the models
/// @param egress the record of what left
/// @param upstreams the servers that may be asked beside the models that are here
/// @param proving proofs of workloads, and what watches them
public record ServerPorts(
    Database database,
    Keys keys,
    ChatModels models,
    List<Embedder> embedders,
    Library library,
    ModelShelf shelf,
    Workloads workloads,
    EgressLog egress,
    UpstreamShelf upstreams,
    Proving proving) {
  /// Proofs of workloads.
  ///
  /// @param proofs what was drawn and proved
  /// @param runner runs proofs
  /// @param watches looks at workloads again and again
  public record Proving(Proofs proofs, ProofRunner runner, Watches watches) {}

  public ServerPorts {
    embedders = List.copyOf(embedders);
  }
}
