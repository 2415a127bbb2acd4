package dev.tiphys.apiserver.request;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code Accept} and {@code Content-Type}, and settles on what to answer in. */
public final class MediaTypes {

  private static final int MAX_CLAUSES = 32;

  private static final String READ_AND_WRITTEN =
      "application/json, application/yaml, application/vnd.kubernetes.protobuf, application/cbor";

  /** What Go reads as true. */
  private static final Set<String> TRUTHS = Set.of("1", "t", "T", "true", "TRUE", "True");

  /** By quality, and at the same quality what says more before what says less. */
  private static final Comparator<MediaType> BEST_FIRST =
      Comparator.comparingDouble(MediaType::quality)
          .reversed()
          .thenComparing(clause -> clause.type().startsWith("*/"))
          .thenComparing(clause -> clause.type().endsWith("/*"));

  private MediaTypes() {}

  /** How a value is written. */
  public enum Encoding {
    /** {@code application/json}. */
    JSON("application/json"),
    /** {@code application/yaml}. */
    YAML("application/yaml"),
    /** {@code application/vnd.kubernetes.protobuf}. */
    PROTOBUF("application/vnd.kubernetes.protobuf"),
    /** {@code application/cbor}; a watch is a sequence, {@code application/cbor-seq}. */
    CBOR("application/cbor");

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
    PARTIAL,
    /** {@code PartialObjectMetadataList}: the metadata of the objects of a list. */
    PARTIAL_LIST
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
    return negotiate(accept, userAgent, query, watch, true);
  }

  /**
   * As {@link #negotiate(String, String, Query, boolean)}.
   *
   * @param protobuf whether the objects have a protobuf form
   */
  static Answer negotiate(
      @Nullable String accept,
      @Nullable String userAgent,
      Query query,
      boolean watch,
      boolean protobuf) {
    for (MediaType clause : parse(accept)) {
      Encoding encoding = encodingOf(clause.type(), watch);
      if (encoding == null || !knowsStream(clause, encoding)) {
        continue;
      }
      Transform transform = transformOf(clause);
      boolean formless = encoding == Encoding.PROTOBUF && !protobuf && transform == Transform.NONE;
      if (transform == null
          || formless
          || (encoding == Encoding.PROTOBUF && !inProtobuf(transform, clause))) {
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
                ? "application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch,"
                    + " application/cbor;stream=watch"
                : READ_AND_WRITTEN),
        null);
  }

  /** As upstream, a Table has no message; that of the old list of metadata is another than v1's. */
  private static boolean inProtobuf(Transform transform, MediaType clause) {
    return transform != Transform.TABLE
        && !(transform == Transform.PARTIAL_LIST && clause.parameter("v").equals("v1beta1"));
  }

  /** Whether a stream, or a version of the meta group, that a clause asks for is one there is. */
  private static boolean knowsStream(MediaType clause, Encoding encoding) {
    String stream = clause.parameter("stream");
    String version = clause.parameter("sv");
    return (stream.isEmpty() || (stream.equals("watch") && encoding != Encoding.YAML))
        && (version.isEmpty() || version.equals("v1"));
  }

  private static @Nullable Transform transformOf(MediaType clause) {
    String as = clause.parameter("as");
    String version = clause.parameter("v");
    if (as.isEmpty()) {
      // A group or version of nothing is a transform to nothing that there is.
      return version.isEmpty() && clause.parameter("g").isEmpty() ? Transform.NONE : null;
    }
    if (!clause.parameter("g").equals("meta.k8s.io")
        || !(version.equals("v1") || version.equals("v1beta1"))) {
      return null;
    }
    return switch (as) {
      case "Table" -> Transform.TABLE;
      case "PartialObjectMetadata" -> Transform.PARTIAL;
      case "PartialObjectMetadataList" -> Transform.PARTIAL_LIST;
      default -> null;
    };
  }

  private static boolean pretty(Query query, @Nullable String userAgent, MediaType clause) {
    if (clause.parameter("pretty").equals("1")) {
      return true;
    }
    String asked = query.first("pretty");
    if (!asked.isEmpty()) {
      return TRUTHS.contains(asked);
    }
    return userAgent != null
        && (userAgent.startsWith("curl")
            || userAgent.startsWith("Wget")
            || userAgent.startsWith("Mozilla/5.0"));
  }

  private static @Nullable Encoding encodingOf(String type, boolean watch) {
    return switch (type) {
      case "application/json", "*/*", "application/*" -> Encoding.JSON;
      case "application/yaml" -> watch ? null : Encoding.YAML;
      case "application/vnd.kubernetes.protobuf" -> Encoding.PROTOBUF;
      case "application/cbor" -> Encoding.CBOR;
      case "application/cbor-seq" -> watch ? Encoding.CBOR : null;
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
      case "application/cbor" -> Encoding.CBOR;
      default -> throw unsupported(READ_AND_WRITTEN);
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
    clauses.sort(BEST_FIRST);
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
