package dev.tiphys.apiserver.request;

import dev.tiphys.api.codec.CborCodec;
import dev.tiphys.api.codec.DecodeException;
import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.codec.ProtobufCodec;
import dev.tiphys.api.codec.YamlCodec;
import dev.tiphys.api.meta.v1.DeleteOptions;
import dev.tiphys.api.meta.v1.Preconditions;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import java.util.List;
import java.util.Set;

/** Reads what a deletion asks for: from the body if there is one, else from the query. */
public final class DeletionOptions {

  private static final List<String> POLICIES = List.of("Background", "Foreground", "Orphan");
  private static final Set<String> KNOWN_POLICIES = Set.copyOf(POLICIES);

  private DeletionOptions() {}

  /**
   * Reads and checks.
   *
   * @param body DeleteOptions of any group, or empty
   * @param contentType of the body
   * @throws ApiException 400 if the body cannot be read, 415 if it is in an unknown form, 422 if
   *     options contradict each other
   */
  public static DeleteOptions of(Query query, byte[] body, String contentType) {
    DeleteOptions options = body.length == 0 ? fromQuery(query) : fromBody(body, contentType);
    FieldErrors errors = new FieldErrors();
    WriteOptions.validateDryRun(options.dryRun(), errors);
    String policy = options.propagationPolicy();
    if (policy != null && options.orphanDependents() != null) {
      errors.invalid(
          Path.of("propagationPolicy"),
          policy,
          "orphanDependents and deletionPropagation cannot be both set");
    } else if (policy != null && !KNOWN_POLICIES.contains(policy)) {
      errors.notSupported(Path.of("propagationPolicy"), policy, POLICIES);
    }
    if (!errors.isEmpty()) {
      throw ApiException.invalid("meta.k8s.io", "DeleteOptions", "", errors.list());
    }
    return options;
  }

  private static DeleteOptions fromBody(byte[] body, String contentType) {
    MediaTypes.Encoding encoding = MediaTypes.ofBody(contentType);
    try {
      return switch (encoding) {
        case JSON -> fromJson(body);
        case YAML -> fromJson(YamlCodec.single(body).json());
        case CBOR -> fromJson(CborCodec.toJson(body));
        case PROTOBUF -> {
          checkKind(ProtobufCodec.open(body).type().kind());
          yield new ProtobufCodec().decode(body, DeleteOptions.TYPE);
        }
      };
    } catch (DecodeException e) {
      throw ApiException.badRequest(
          "the object provided is unrecognized (must be of type DeleteOptions): " + e.getMessage());
    }
  }

  private static DeleteOptions fromJson(byte[] json) {
    checkKind(JsonCodec.peek(json).kind());
    return JsonCodec.decode(json, DeleteOptions.TYPE);
  }

  private static void checkKind(String kind) {
    if (!kind.isEmpty() && !kind.equals("DeleteOptions")) {
      throw ApiException.badRequest(
          "decoded object cannot be converted to DeleteOptions: it is a " + kind);
    }
  }

  private static DeleteOptions fromQuery(Query query) {
    String policy = query.first("propagationPolicy");
    return DeleteOptions.builder()
        .gracePeriodSeconds(query.number("gracePeriodSeconds"))
        .orphanDependents(query.optionalFlag("orphanDependents"))
        .propagationPolicy(policy.isEmpty() ? null : policy)
        .dryRun(query.all("dryRun"))
        .build();
  }

  /** What must hold of the object for it to be deleted. */
  public static Preconditions preconditions(DeleteOptions options) {
    Preconditions preconditions = options.preconditions();
    return preconditions == null ? Preconditions.builder().build() : preconditions;
  }
}
