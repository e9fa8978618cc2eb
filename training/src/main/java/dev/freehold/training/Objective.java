package dev.freehold.training;

import dev.freehold.training.Curriculum.Seat;
import java.util.Arrays;
import java.util.List;

/// What is made smaller: the loss of some passes, and its gradient.
sealed interface Objective {

  /// What a mean over these passes is divided by.
  int count(List<Seat> seats);

  /// Adds a pass's share of the gradient of a mean over `count` to that of the pairs; returns its
  /// share of that mean.
  double learn(Passes passes, Seat seat, int count);

  /// The share of a pass that is only measured.
  double measure(Passes passes, Seat seat, int count);

  /// The mean of `−log p` over all learnt tokens; over those that are to stay what they are to the
  /// base, of what is expected of it under the base's own distribution, `−Σ p₀ · log p`.
  record Likelihood() implements Objective {

    @Override
    public int count(List<Seat> seats) {
      return seats.stream().mapToInt(seat -> seat.pass().predicting().length).sum();
    }

    @Override
    public double learn(Passes passes, Seat seat, int count) {
      float[] base = {};
      if (seat.kept().rows() > 0) {
        passes.forward(seat.kept(), false);
        base = passes.predicting(seat.kept());
      }
      passes.forward(seat.pass(), true);
      float[] weights = new float[seat.pass().predicting().length];
      Arrays.fill(weights, 1f / count);
      return -sum(passes.back(seat.pass(), weights, base)) / count;
    }

    @Override
    public double measure(Passes passes, Seat seat, int count) {
      passes.forward(seat.pass(), true);
      return -sum(passes.logProbabilities(seat.pass())) / count;
    }

    /// The mean over some passes, as [#measure].
    double mean(Passes passes, List<Seat> seats) {
      int count = count(seats);
      return seats.stream().mapToDouble(seat -> measure(passes, seat, count)).sum();
    }

    private static double sum(double[] numbers) {
      double sum = 0;
      for (double number : numbers) {
        sum += number;
      }
      return sum;
    }
  }

  /// Direct preference optimisation (Rafailov et al., arXiv 2305.18290): the mean over pairs of
  /// `−log σ(β · ((log p(chosen) − log p₀(chosen)) − (log p(rejected) − log p₀(rejected))))`, p₀
  /// being the model as it was at the beginning.
  ///
  /// @param beta how strongly the model is held to what it was
  /// @param train for each pair log p₀(chosen) − log p₀(rejected)
  /// @param heldOut the same of what is held out
  record Preference(double beta, double[] train, double[] heldOut) implements Objective {

    @Override
    public int count(List<Seat> seats) {
      return pairs(seats);
    }

    private static int pairs(List<Seat> seats) {
      return seats.stream().mapToInt(seat -> seat.lessons().length).sum();
    }

    @Override
    public double learn(Passes passes, Seat seat, int count) {
      Packed pass = seat.pass();
      passes.forward(pass, true);
      double[] leads = leads(pass, passes.logProbabilities(pass));
      double loss = 0;
      double[] slopes = new double[leads.length];
      for (int i = 0; i < leads.length; i++) {
        double margin = beta * (leads[i] - train[seat.lessons()[i]]);
        loss += softplus(-margin);
        slopes[i] = beta / (1 + Math.exp(margin)) / count;
      }
      float[] weights = new float[pass.predicting().length];
      for (int i = 0; i < weights.length; i++) {
        int sequence = pass.owners()[i];
        weights[i] = (float) (sequence % 2 == 0 ? slopes[sequence / 2] : -slopes[sequence / 2]);
      }
      passes.back(pass, weights, new float[0]);
      return loss / count;
    }

    @Override
    public double measure(Passes passes, Seat seat, int count) {
      passes.forward(seat.pass(), true);
      double[] leads = leads(seat.pass(), passes.logProbabilities(seat.pass()));
      double loss = 0;
      for (int i = 0; i < leads.length; i++) {
        loss += softplus(-beta * (leads[i] - heldOut[seat.lessons()[i]]));
      }
      return loss / count;
    }

    /// For each pair of `seats` by its number how far its chosen answer leads in the base alone.
    static double[] references(Passes passes, List<Seat> seats) {
      double[] references = new double[pairs(seats)];
      for (Seat seat : seats) {
        passes.forward(seat.pass(), false);
        double[] leads = leads(seat.pass(), passes.logProbabilities(seat.pass()));
        for (int i = 0; i < leads.length; i++) {
          references[seat.lessons()[i]] = leads[i];
        }
      }
      return references;
    }

    private static double[] leads(Packed pass, double[] logProbabilities) {
      double[] leads = new double[pass.sequences() / 2];
      for (int i = 0; i < logProbabilities.length; i++) {
        int sequence = pass.owners()[i];
        leads[sequence / 2] += sequence % 2 == 0 ? logProbabilities[i] : -logProbabilities[i];
      }
      return leads;
    }

    /// `log(1 + eˣ)`.
    private static double softplus(double x) {
      return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }
  }
}
