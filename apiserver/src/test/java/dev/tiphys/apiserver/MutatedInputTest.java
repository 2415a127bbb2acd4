package dev.tiphys.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.apps.v1.Deployment;
import dev.tiphys.api.codec.CborCodec;
import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.codec.ProtobufCodec;
import dev.tiphys.api.codec.YamlCodec;
import dev.tiphys.apiserver.TestApi.Answer;
import dev.tiphys.apiserver.TestApi.Client;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Bodies that began as good ones. Whatever becomes of them, the answer is an object or a Status
 * that blames the client, never a failure of the server's. A seed that fails is in the report.
 */
@ExtendWith(SharedApi.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class MutatedInputTest {

  private static final String PATH = "/apis/apps/v1/namespaces/mutated/deployments";
  private static final int ROUNDS = 60;
  private static final Set<Integer> FINE = Set.of(200, 201, 400, 403, 404, 409, 413, 415, 422);

  private static final String MANIFEST =
      """
      {"apiVersion":"apps/v1","kind":"Deployment",
       "metadata":{"name":"web","labels":{"a":"b"},"annotations":{"c":"d"},
         "ownerReferences":[{"apiVersion":"v1","kind":"Pod","name":"p","uid":"u"}],
         "finalizers":["x.y/z"],
         "managedFields":[{"manager":"m","operation":"Update","apiVersion":"apps/v1",
           "time":"2026-01-02T03:04:05Z","fieldsType":"FieldsV1",
           "fieldsV1":{"f:metadata":{"f:labels":{".":{},"f:a":{}}}}}]},
       "spec":{"replicas":2,"selector":{"matchLabels":{"app":"web"},
           "matchExpressions":[{"key":"k","operator":"In","values":["v"]}]},
         "strategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":"25%","maxUnavailable":1}},
         "template":{"metadata":{"labels":{"app":"web","k":"v"}},
           "spec":{"containers":[{"name":"c","image":"i","command":["x"],
             "ports":[{"name":"http","containerPort":80,"protocol":"TCP"}],
             "env":[{"name":"E","valueFrom":{"fieldRef":{"fieldPath":"metadata.name"}}}],
             "resources":{"limits":{"cpu":"100m","memory":"64Mi"}},
             "livenessProbe":{"httpGet":{"path":"/","port":"http"},"periodSeconds":5},
             "volumeMounts":[{"name":"v","mountPath":"/v"}]}],
             "volumes":[{"name":"v","configMap":{"name":"m","items":[{"key":"a","path":"b"}]}}],
             "tolerations":[{"key":"t","operator":"Exists"}],
             "nodeSelector":{"n":"1"},"terminationGracePeriodSeconds":3}}}}
      """;

  /** How a body travels. */
  enum Form {
    JSON("application/json"),
    YAML("application/yaml"),
    PROTOBUF("application/vnd.kubernetes.protobuf"),
    CBOR("application/cbor");

    private final String type;

    Form(String type) {
      this.type = type;
    }

    private byte[] encode(JsonTree tree) {
      return switch (this) {
        case JSON -> tree.toBytes();
        case YAML -> YamlCodec.encode(tree).getBytes(StandardCharsets.UTF_8);
        case CBOR -> CborCodec.fromJson(tree.toBytes());
        case PROTOBUF -> new ProtobufCodec().encode(JsonCodec.decode(MANIFEST, Deployment.TYPE));
      };
    }
  }

  private final Client admin;
  private final JsonTree manifest = JsonTree.parse(MANIFEST);

  MutatedInputTest(TestApi api) {
    this.admin = api.admin();
  }

  @BeforeAll
  void makeNamespace() {
    admin.post("/api/v1/namespaces", "{\"metadata\":{\"name\":\"mutated\"}}");
    assertThat(admin.post(PATH, MANIFEST).code()).isEqualTo(201);
  }

  private static void check(long seed, byte[] body, Answer answer) {
    assertThat(FINE)
        .as("seed %d: %s%n%s", seed, new String(body, StandardCharsets.UTF_8), answer.body())
        .contains(answer.code());
    if (answer.code() >= 400) {
      assertThat(answer.at("kind")).as("seed %d", seed).isEqualTo("Status");
      assertThat(answer.at("reason")).as("seed %d", seed).isNotEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void bytesThatWereChanged(Form form) {
    byte[] good = form.encode(manifest);
    for (long seed = 0; seed < ROUNDS; seed++) {
      byte[] body = damaged(good, new Random(seed));
      check(seed, body, admin.send("POST", PATH + "?dryRun=All", form.type, body));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"JSON", "YAML", "CBOR"})
  void valuesThatWereChanged(Form form) {
    for (long seed = 0; seed < ROUNDS; seed++) {
      Random random = new Random(seed);
      JsonTree tree = manifest;
      for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
        tree = changed(tree, random);
      }
      byte[] body = form.encode(tree);
      String query = random.nextBoolean() ? "?dryRun=All" : "?dryRun=All&fieldValidation=Strict";
      check(seed, body, admin.send("POST", PATH + query, form.type, body));
    }
  }

  @Test
  void patchesOfEveryKind() {
    List<String> types =
        List.of(
            "application/merge-patch+json",
            "application/strategic-merge-patch+json",
            "application/apply-patch+yaml");
    for (long seed = 0; seed < ROUNDS; seed++) {
      Random random = new Random(seed);
      byte[] body = changed(manifest, random).toBytes();
      String type = types.get(random.nextInt(types.size()));
      check(
          seed,
          body,
          admin.send(
              "PATCH", PATH + "/web?dryRun=All&fieldManager=m&force=" + force(type), type, body));
    }
  }

  private static String force(String type) {
    return type.endsWith("yaml") ? "true" : "";
  }

  @Test
  void jsonPatchesOfEveryOperation() {
    List<String> operations = List.of("add", "remove", "replace", "move", "copy", "test", "none");
    List<String> paths =
        List.of(
            "",
            "/",
            "/spec",
            "/spec/replicas",
            "/spec/template/spec/containers/0",
            "/spec/template/spec/containers/-",
            "/spec/template/spec/containers/99",
            "/spec/template/spec/containers/-1",
            "/metadata/labels/a~1b",
            "/metadata/managedFields/0/fieldsV1",
            "metadata",
            "/status/conditions/0");
    for (long seed = 0; seed < ROUNDS; seed++) {
      Random random = new Random(seed);
      String patch =
          "[{\"op\":\"%s\",\"path\":\"%s\",\"from\":\"%s\",\"value\":%s}]"
              .formatted(
                  operations.get(random.nextInt(operations.size())),
                  paths.get(random.nextInt(paths.size())),
                  paths.get(random.nextInt(paths.size())),
                  odd(random).toJson());
      byte[] body = patch.getBytes(StandardCharsets.UTF_8);
      check(
          seed,
          body,
          admin.send("PATCH", PATH + "/web?dryRun=All", "application/json-patch+json", body));
    }
  }

  @Test
  void queriesOfAnyValue() {
    List<String> names =
        List.of(
            "labelSelector",
            "fieldSelector",
            "limit",
            "continue",
            "resourceVersion",
            "resourceVersionMatch",
            "timeoutSeconds",
            "pretty",
            "dryRun");
    List<String> values =
        List.of(
            "", "%00", "-1", "9223372036854775808", "a%3Db%2C", "%F0%28", "()", "a%20in%20", "x");
    for (String name : names) {
      for (String value : values) {
        byte[] none = {};
        String path = PATH + "?" + name + "=" + value;
        Answer answer = admin.get(path);
        assertThat(List.of(200, 400, 410, 422, 504))
            .as(path + answer.body())
            .contains(answer.code());
        check(0, none, admin.send("DELETE", PATH + "/nobody?" + name + "=" + value, null, none));
      }
    }
  }

  /** Some bytes flipped, cut out, doubled, or put in. */
  private static byte[] damaged(byte[] good, Random random) {
    byte[] body = good.clone();
    for (int times = 1 + random.nextInt(4); times > 0 && body.length > 1; times--) {
      int at = random.nextInt(body.length);
      int end = Math.min(body.length, at + 1 + random.nextInt(16));
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      switch (random.nextInt(5)) {
        case 0 -> {
          body[at] ^= (byte) (1 << random.nextInt(8));
          continue;
        }
        case 1 -> {
          out.write(body, 0, at);
          out.write(body, end, body.length - end);
        }
        case 2 -> {
          out.write(body, 0, end);
          out.write(body, at, body.length - at);
        }
        case 3 -> {
          byte[] noise = new byte[1 + random.nextInt(8)];
          random.nextBytes(noise);
          out.write(body, 0, at);
          out.writeBytes(noise);
          out.write(body, at, body.length - at);
        }
        default -> out.writeBytes(Arrays.copyOf(body, at));
      }
      body = out.toByteArray();
    }
    return body;
  }

  /** The same with one value replaced by something that nobody would write there. */
  private static JsonTree changed(JsonTree tree, Random random) {
    return switch (tree) {
      case JsonTree.Obj object when !object.members().isEmpty() && random.nextInt(8) > 0 -> {
        Map<String, JsonTree> members = new LinkedHashMap<>(object.members());
        List<String> names = new ArrayList<>(members.keySet());
        String name = names.get(random.nextInt(names.size()));
        members.put(name, changed(object.members().getOrDefault(name, tree), random));
        yield new JsonTree.Obj(members);
      }
      case JsonTree.Arr list when !list.elements().isEmpty() && random.nextInt(8) > 0 -> {
        List<JsonTree> elements = new ArrayList<>(list.elements());
        int at = random.nextInt(elements.size());
        elements.set(at, changed(elements.get(at), random));
        if (random.nextInt(4) == 0) {
          elements.add(elements.get(at));
        }
        yield new JsonTree.Arr(elements);
      }
      default -> odd(random);
    };
  }

  private static JsonTree odd(Random random) {
    return switch (random.nextInt(14)) {
      case 0 -> JsonTree.Null.NULL;
      case 1 -> new JsonTree.Text("");
      case 2 -> new JsonTree.Text("\u0000\u2028\ud83d\ude00");
      case 3 -> new JsonTree.Text("x".repeat(5000));
      case 4 -> new JsonTree.Num("-1");
      case 5 -> new JsonTree.Num("9223372036854775807");
      case 6 -> new JsonTree.Num("1.5");
      case 7 -> new JsonTree.Bool(true);
      case 8 -> new JsonTree.Arr(List.of());
      case 9 -> new JsonTree.Arr(List.of(JsonTree.Null.NULL));
      case 10 -> JsonTree.EMPTY_OBJECT;
      case 11 -> new JsonTree.Obj(Map.of("", JsonTree.Null.NULL));
      case 12 -> new JsonTree.Text("2026-13-45T00:00:00Z");
      default -> new JsonTree.Obj(Map.of("$patch", new JsonTree.Text("delete")));
    };
  }
}
