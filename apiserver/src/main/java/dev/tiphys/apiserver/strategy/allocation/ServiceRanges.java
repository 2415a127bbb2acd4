package dev.tiphys.apiserver.strategy.allocation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The ranges that the server was started with: one, or one of each family.
 *
 * @param primary of the family that services have unless they ask for another
 */
public record ServiceRanges(AddressRange primary, @Nullable AddressRange secondary) {

  /**
   * Reads {@code 10.96.0.0/16} or {@code 10.96.0.0/16,fd00:10:96::/112}.
   *
   * @throws IllegalArgumentException with a sentence that says what is wrong
   */
  public static ServiceRanges parse(String text) {
    String[] ranges = text.split(",", -1);
    if (ranges.length > 2) {
      throw new IllegalArgumentException("must not contain more than two entries");
    }
    AddressRange first = AddressRange.parse(ranges[0].strip());
    AddressRange second = ranges.length == 2 ? AddressRange.parse(ranges[1].strip()) : null;
    if (second != null && second.v6() == first.v6()) {
      throw new IllegalArgumentException(
          "its two entries must be of different IP families, as " + text + " is not");
    }
    return new ServiceRanges(first, second);
  }

  /** One or two, the primary first. */
  public List<AddressRange> all() {
    return secondary == null ? List.of(primary) : List.of(primary, secondary);
  }

  /** The families that services may have, the default first. */
  public List<String> families() {
    return all().stream().map(AddressRange::family).toList();
  }
}
