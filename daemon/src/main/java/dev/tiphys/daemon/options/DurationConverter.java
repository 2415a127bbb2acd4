package dev.tiphys.daemon.options;

import dev.tiphys.daemon.GoDuration;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Lets a picocli option of type Duration be written as {@code 1m30s}. */
public final class DurationConverter implements ITypeConverter<Duration> {

  @Override
  public Duration convert(String text) {
    return GoDuration.parse(text)
        .orElseThrow(
            () -> new TypeConversionException("'" + text + "' is not a duration such as 1m30s"));
  }
}
