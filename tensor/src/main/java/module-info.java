/// Quantised matrices and the kernels over them.
@org.jspecify.annotations.NullMarked
module dev.freehold.tensor {
  requires static org.jspecify;
  requires jdk.incubator.vector;

  exports dev.freehold.tensor;
}
