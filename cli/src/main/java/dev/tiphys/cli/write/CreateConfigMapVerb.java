package dev.tiphys.cli.write;

import dev.tiphys.api.Resources;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.cli.Session;
import dev.tiphys.cli.Verb;
import dev.tiphys.cli.tree.Trees;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code create configmap}. */
@Command(description = "Create a config map from files and literals.")
public final class CreateConfigMapVerb implements Verb {

  @Mixin DataOptions data = new DataOptions();
  @Mixin Creation creation = new Creation();

  @Parameters(index = "0", paramLabel = "NAME")
  String name = "";

  @Override
  public int run(Session session) {
    return creation.create(session, Resources.CONFIG_MAPS, "configmap", configMap(data.read()));
  }

  private JsonTree.Obj configMap(Map<String, byte[]> values) {
    Map<String, String> texts = new TreeMap<>();
    Map<String, String> bytes = new TreeMap<>();
    values.forEach((key, value) -> {
      try {
        texts.put(
            key, StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString());
      } catch (CharacterCodingException notText) {
        bytes.put(key, Base64.getEncoder().encodeToString(value));
      }
    });
    return Trees.object(
        "apiVersion",
        "v1",
        "data",
        texts.isEmpty() ? null : texts,
        "binaryData",
        bytes.isEmpty() ? null : bytes,
        "kind",
        "ConfigMap",
        "metadata",
        Trees.object("name", name));
  }
}
