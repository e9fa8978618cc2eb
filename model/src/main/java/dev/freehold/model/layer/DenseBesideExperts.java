package dev.freehold.model.layer;

/// A network for every row and a mixture of experts beside it, each with norms of its own before
/// and after (Gemma 4): `denseAfter(dense(denseBefore(x))) +
/// expertsAfter(experts(expertsBefore(x)))`.
///
/// @param denseBefore normalisation of what the network reads
/// @param dense the network
/// @param denseAfter normalisation of what it wrote
/// @param routed normalisation of what the router looks at
/// @param expertsBefore normalisation of what the experts read
/// @param experts the mixture
/// @param expertsAfter normalisation of what they wrote
public record DenseBesideExperts(
    RmsNorm denseBefore,
    FeedForward dense,
    RmsNorm denseAfter,
    RmsNorm routed,
    RmsNorm expertsBefore,
    Experts experts,
    RmsNorm expertsAfter)
    implements Mixer {

  @Override
  public void apply(float[] x, float[] y, Rows rows, int layer, Workspace workspace) {
    int count = rows.count();
    int width = denseBefore.weight().length;
    float[] read = workspace.normed.of(count * width);
    float[] seen = workspace.routed.of(count * width);
    float[] added = workspace.beside.of(count * width);
    denseBefore.apply(x, read, count, workspace);
    dense.apply(read, y, count, workspace);
    denseAfter.apply(y, y, count, workspace);
    routed.apply(x, seen, count, workspace);
    expertsBefore.apply(x, read, count, workspace);
    experts.apply(seen, read, added, count, workspace);
    expertsAfter.apply(added, added, count, workspace);
    workspace.eachRow(
        count, 8, row -> workspace.kernels.add(y, row * width, added, row * width, width));
  }
}
