package dev.tiphys.apiserver.request;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads {@code Accept} and {@code Content-Type}, and settles on what to answer in. */
public final class MediaTypes {

  private static final int MAX_CLAUSES = 32;

  private MediaTypes() {}

  /** How a value is written. */
  public enum Encoding {
    /** {@code application/json}. */
    JSON("application/json"),
    /** {@code application/yaml}. */
    YAML("application/yaml"),
    /** {@code application/vnd.kubernetes.protobuf}. */
    PROTOBUF("application/vnd.kubernetes.protobuf");

    private final String mediaType;

    Encoding(String mediaType) {
      this.mediaType = mediaType;
    }

    /** The value of {@code Content-Type}. */
    public String mediaType() {
      return mediaType;
    }
  }

  /** What is written in an object's place. */
  public enum Transform {
    /** The object. */
    NONE,
    /** A {@code Table} with a row an object. */
    TABLE,
    /** {@code PartialObjectMetadata}: the metadata alone. */
    PARTIAL
  }

  /**
   * What the client gets.
   *
   * @param transformVersion {@code v1} or {@code v1beta1}, for a transform
   */
  public record Answer(
      Encoding encoding, boolean pretty, Transform transform, String transformVersion) {

    /** Compact JSON, for where there is nothing to choose. */
    public static final Answer JSON = new Answer(Encoding.JSON, false, Transform.NONE, "");

    /** The same without a transform, as errors are sent. */
    public Answer plain() {
      return transform == Transform.NONE ? this : new Answer(encoding, pretty, Transform.NONE, "");
    }
  }

  /**
   * One media type of a header.
   *
   * @param type in lower case, without parameters
   * @param parameters in lower case names
   */
  public record MediaType(String type, Map<String, String> parameters, double quality) {

    /** A parameter, empty if absent. */
    public String parameter(String name) {
      return parameters.getOrDefault(name, "");
    }
  }

  /**
   * Settles on an answer for objects, lists and watches.
   *
   * @param accept the header, or null
   * @param userAgent by which browsers and curl get pretty JSON
   * @throws ApiException 406 if the client accepts nothing that is served
   */
  public static Answer negotiate(
      @Nullable String accept, @Nullable String userAgent, Query query, boolean watch) {
    for (MediaType clause : parse(accept)) {
      Encoding encoding = encodingOf(clause.type());
      if (encoding == null || (watch && encoding == Encoding.YAML)) {
        continue;
      }
      Transform transform = transformOf(clause);
      if (transform == null) {
        continue;
      }
      boolean pretty = encoding == Encoding.JSON && !watch && pretty(query, userAgent, clause);
      return new Answer(
          encoding, pretty, transform, transform == Transform.NONE ? "" : clause.parameter("v"));
    }
    throw new ApiException(
        ApiException.Reason.NOT_ACCEPTABLE,
        "only the following media types are accepted: "
            + (watch
                ? "application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch"
                : "application/json, application/yaml, application/vnd.kubernetes.protobuf"),
        null);
  }

  private static @Nullable Transform transformOf(MediaType clause) {
    String as = clause.parameter("as");
    if (as.isEmpty()) {
      return Transform.NONE;
    }
    String version = clause.parameter("v");
    if (!clause.parameter("g").equals("meta.k8s.io")
        || !(version.equals("v1") || version.equals("v1beta1"))) {
      return null;
    }
    return switch (as) {
      case "Table" -> Transform.TABLE;
      case "PartialObjectMetadata", "PartialObjectMetadataList" -> Transform.PARTIAL;
      default -> null;
    };
  }

  private static boolean pretty(Query query, @Nullable String userAgent, MediaType clause) {
    if (query.has("pretty")) {
      return query.flag("pretty");
    }
    if (clause.parameters().containsKey("pretty")) {
      return clause.parameter("pretty").equals("1");
    }
    return userAgent != null
        && (userAgent.startsWith("curl")
            || userAgent.startsWith("Wget")
            || userAgent.startsWith("Mozilla/5.0"));
  }

  private static @Nullable Encoding encodingOf(String type) {
    return switch (type) {
      case "application/json", "*/*", "application/*" -> Encoding.JSON;
      case "application/yaml" -> Encoding.YAML;
      case "application/vnd.kubernetes.protobuf" -> Encoding.PROTOBUF;
      default -> null;
    };
  }

  /**
   * The encoding of a request's body.
   *
   * @param contentType the header; null or empty means JSON
   * @throws ApiException 415 if it is none that is read
   */
  public static Encoding ofBody(@Nullable String contentType) {
    String type = contentType == null ? "" : bare(contentType);
    return switch (type) {
      case "", "application/json" -> Encoding.JSON;
      case "application/yaml" -> Encoding.YAML;
      case "application/vnd.kubernetes.protobuf" -> Encoding.PROTOBUF;
      default ->
          throw unsupported(
              "application/json, application/yaml, application/vnd.kubernetes.protobuf");
    };
  }

  /** A 415 that names what is read. */
  public static ApiException unsupported(String accepted) {
    return new ApiException(
        ApiException.Reason.UNSUPPORTED_MEDIA_TYPE,
        "the body of the request was in an unknown format - accepted media types include: "
            + accepted,
        null);
  }

  /** A header's media type in lower case without its parameters. */
  public static String bare(String header) {
    int semicolon = header.indexOf(';');
    return (semicolon < 0 ? header : header.substring(0, semicolon))
        .strip()
        .toLowerCase(Locale.ROOT);
  }

  /** The clauses of an {@code Accept} header, best first; everything if there is no header. */
  public static List<MediaType> parse(@Nullable String accept) {
    if (accept == null || accept.isBlank()) {
      return List.of(new MediaType("*/*", Map.of(), 1));
    }
    List<MediaType> clauses = new ArrayList<>();
    for (String clause : accept.split(",", MAX_CLAUSES)) {
      String[] parts = clause.split(";");
      Map<String, String> parameters = new HashMap<>();
      double quality = 1;
      for (int i = 1; i < parts.length; i++) {
        int equals = parts[i].indexOf('=');
        if (equals < 0) {
          continue;
        }
        String name = parts[i].substring(0, equals).strip().toLowerCase(Locale.ROOT);
        String value = parts[i].substring(equals + 1).strip().replace("\"", "");
        if (name.equals("q")) {
          quality = quality(value);
        } else {
          parameters.put(name, value);
        }
      }
      if (quality > 0) {
        clauses.add(new MediaType(parts[0].strip().toLowerCase(Locale.ROOT), parameters, quality));
      }
    }
    clauses.sort(Comparator.comparingDouble(MediaType::quality).reversed());
    return clauses;
  }

  private static double quality(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return 1;
    }
  }
}
