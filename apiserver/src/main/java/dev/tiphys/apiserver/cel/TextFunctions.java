package dev.tiphys.apiserver.cel;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.cel.common.types.ListType;
import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.OptionalType;
import dev.cel.common.types.SimpleType;
import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.names.LabelNames;
import dev.tiphys.apiserver.extension.schema.Formats;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Regular expressions ({@code find}, {@code findAll}) and named formats. */
final class TextFunctions {

  private static final OpaqueType FORMAT = OpaqueType.create("kubernetes.NamedFormat");
  private static final ListType TEXTS = ListType.create(SimpleType.STRING);

  /** A format that texts are checked by. */
  private record Format(String name, java.util.function.Function<String, List<String>> faults) {}

  private static final Map<String, java.util.function.Function<String, List<String>>> FORMATS =
      formats();

  private TextFunctions() {}

  private static Map<String, java.util.function.Function<String, List<String>>> formats() {
    Map<String, java.util.function.Function<String, List<String>>> all = new LinkedHashMap<>();
    UnaryOperator<String> prefix = DnsNames::maskTrailingDash;
    all.put("dns1123Label", DnsNames::label);
    all.put("dns1123Subdomain", DnsNames::subdomain);
    all.put("dns1035Label", DnsNames::rfc1035Label);
    all.put("qualifiedName", LabelNames::key);
    all.put("dns1123LabelPrefix", text -> DnsNames.label(prefix.apply(text)));
    all.put("dns1123SubdomainPrefix", text -> DnsNames.subdomain(prefix.apply(text)));
    all.put("dns1035LabelPrefix", text -> DnsNames.rfc1035Label(prefix.apply(text)));
    all.put("labelValue", LabelNames::value);
    for (String format : List.of("uri", "uuid", "byte", "date", "datetime")) {
      all.put(
          format, text -> Formats.fits(format, text) ? List.of() : List.of("invalid " + format));
    }
    return all;
  }

  static List<Function> all() {
    List<Function> all = new ArrayList<>(regex());
    FORMATS.forEach((name, faults) ->
        all.add(
            Function.global(
                "format." + name,
                "kube_format_" + name,
                FORMAT,
                _ -> new Format(name, faults),
                List.of())));
    all.add(
        Function.global(
            "format.named",
            "kube_format_named",
            OptionalType.create(FORMAT),
            arguments ->
                Optional.ofNullable(FORMATS.get((String) arguments[0]))
                    .map(faults -> new Format((String) arguments[0], faults)),
            List.of(SimpleType.STRING),
            String.class));
    all.add(
        Function.member(
            "validate",
            "kube_format_validate",
            OptionalType.create(TEXTS),
            arguments -> {
              List<String> faults = ((Format) arguments[0]).faults().apply((String) arguments[1]);
              return faults.isEmpty() ? Optional.empty() : Optional.of(faults);
            },
            List.of(FORMAT, SimpleType.STRING),
            Format.class,
            String.class));
    return all;
  }

  private static List<Function> regex() {
    return List.of(
        Function.member(
            "find",
            "kube_string_find",
            SimpleType.STRING,
            arguments -> {
              Matcher matcher = pattern(arguments[1]).matcher((String) arguments[0]);
              return matcher.find() ? matcher.group() : "";
            },
            List.of(SimpleType.STRING, SimpleType.STRING),
            String.class,
            String.class),
        Function.member(
            "findAll",
            "kube_string_find_all",
            TEXTS,
            arguments -> findAll(arguments, Long.MAX_VALUE),
            List.of(SimpleType.STRING, SimpleType.STRING),
            String.class,
            String.class),
        Function.member(
            "findAll",
            "kube_string_find_all_n",
            TEXTS,
            arguments -> findAll(arguments, (Long) arguments[2]),
            List.of(SimpleType.STRING, SimpleType.STRING, SimpleType.INT),
            String.class,
            String.class,
            Long.class));
  }

  private static List<String> findAll(Object[] arguments, long most) {
    Matcher matcher = pattern(arguments[1]).matcher((String) arguments[0]);
    List<String> found = new ArrayList<>();
    while ((most < 0 || found.size() < most) && matcher.find()) {
      found.add(matcher.group());
    }
    return found;
  }

  private static Pattern pattern(Object expression) {
    try {
      return Pattern.compile((String) expression);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException("Illegal regex: " + e.getMessage(), e);
    }
  }
}
