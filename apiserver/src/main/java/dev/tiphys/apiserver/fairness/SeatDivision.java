package dev.tiphys.apiserver.fairness;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Divides seats among levels for a while: to each the same fraction of what it aims at, but no less
 * than its least and no more than its most (KEP-1040). Pure.
 */
final class SeatDivision {

  /** Of a level that aims at nothing, so that seats nobody wants are divided as well. */
  private static final double LEAST_TARGET = 0.001;

  private static final double ROUNDING = 1e-7;

  /**
   * A level's part.
   *
   * @param least at least 0
   * @param most at least {@code least}
   * @param target at least {@code least}
   */
  record Part(double least, double most, double target) {

    private double at(double fraction) {
      return Math.clamp(fraction * Math.max(target, LEAST_TARGET), least, most);
    }
  }

  private SeatDivision() {}

  /** What each gets of a sum; null if their bounds do not allow for it. */
  static double @Nullable [] divide(int seats, List<Part> parts) {
    double low = parts.stream().mapToDouble(Part::least).sum();
    double high = parts.stream().mapToDouble(Part::most).sum();
    if (low > seats + ROUNDING || high < seats - ROUNDING) {
      return null;
    }
    double fraction = fraction(seats, parts);
    return parts.stream().mapToDouble(part -> part.at(fraction)).toArray();
  }

  /**
   * Where the sum of all parts, which rises with the fraction along straight pieces, is the seats.
   */
  private static double fraction(int seats, List<Part> parts) {
    double[] bends =
        parts.stream()
            .flatMap(part -> {
              double target = Math.max(part.target(), LEAST_TARGET);
              return List.of(part.least() / target, part.most() / target).stream();
            })
            .mapToDouble(Double::doubleValue)
            .sorted()
            .toArray();
    double before = 0;
    double sum = sum(0, parts);
    for (double bend : Arrays.stream(bends).distinct().toArray()) {
      double there = sum(bend, parts);
      if (there >= seats) {
        return there == sum ? bend : before + (bend - before) * (seats - sum) / (there - sum);
      }
      before = bend;
      sum = there;
    }
    return before;
  }

  private static double sum(double fraction, List<Part> parts) {
    return parts.stream().mapToDouble(part -> part.at(fraction)).sum();
  }
}
