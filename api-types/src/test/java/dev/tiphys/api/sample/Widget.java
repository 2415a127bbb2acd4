package dev.tiphys.api.sample;

import static dev.tiphys.api.sample.TypeBuilder.type;
import static dev.tiphys.api.schema.FieldType.Scalar.BOOL;
import static dev.tiphys.api.schema.FieldType.Scalar.BYTES;
import static dev.tiphys.api.schema.FieldType.Scalar.DOUBLE;
import static dev.tiphys.api.schema.FieldType.Scalar.DURATION;
import static dev.tiphys.api.schema.FieldType.Scalar.INT32;
import static dev.tiphys.api.schema.FieldType.Scalar.INT64;
import static dev.tiphys.api.schema.FieldType.Scalar.INT_OR_STRING;
import static dev.tiphys.api.schema.FieldType.Scalar.MICRO_TIME;
import static dev.tiphys.api.schema.FieldType.Scalar.QUANTITY;
import static dev.tiphys.api.schema.FieldType.Scalar.RAW_JSON;
import static dev.tiphys.api.schema.FieldType.Scalar.STRING;
import static dev.tiphys.api.schema.FieldType.Scalar.TIME;

import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.schema.DynamicStruct;
import dev.tiphys.api.schema.Field.ListKind;
import dev.tiphys.api.schema.Field.PatchStrategy;
import dev.tiphys.api.schema.FieldType;
import dev.tiphys.api.schema.StructType;

/** A kind with a field of every sort. */
public final class Widget {

  public static final StructType<DynamicStruct> META =
      type("io.example.v1.Meta")
          .field("name", STRING)
          .field("namespace", STRING)
          .field("labels", new FieldType.MapOf(STRING))
          .field("annotations", new FieldType.MapOf(STRING))
          .field("finalizers", new FieldType.ListOf(STRING))
          .listKind(ListKind.SET)
          .patch(PatchStrategy.MERGE, null)
          .field("generation", INT64)
          .field("creationTimestamp", TIME)
          .build();

  public static final StructType<DynamicStruct> ENV =
      type("io.example.v1.EnvVar").field("name", STRING).required().field("value", STRING).build();

  public static final StructType<DynamicStruct> PORT =
      type("io.example.v1.Port")
          .field("containerPort", INT32)
          .required()
          .field("protocol", STRING)
          .defaultsTo("TCP")
          .field("name", STRING)
          .build();

  public static final StructType<DynamicStruct> CONTAINER =
      type("io.example.v1.Container")
          .field("name", STRING)
          .required()
          .field("image", STRING)
          .field("args", new FieldType.ListOf(STRING))
          .listOf("env", ENV)
          .listKind(ListKind.MAP, "name")
          .patch(PatchStrategy.MERGE, "name")
          .listOf("ports", PORT)
          .listKind(ListKind.MAP, "containerPort", "protocol")
          .patch(PatchStrategy.MERGE, "containerPort")
          .field("policy", STRING)
          .defaultsTo("Always")
          .build();

  public static final StructType<DynamicStruct> SELECTOR =
      type("io.example.v1.Selector").field("matchLabels", new FieldType.MapOf(STRING)).build();

  public static final StructType<DynamicStruct> ROLLING =
      type("io.example.v1.Rolling").field("maxSurge", INT_OR_STRING).pointer().build();

  public static final StructType<DynamicStruct> STRATEGY =
      type("io.example.v1.Strategy").field("type", STRING).struct("rolling", ROLLING).build();

  public static final StructType<DynamicStruct> SPEC =
      type("io.example.v1.WidgetSpec")
          .field("replicas", INT32)
          .pointer()
          .defaultsTo(1)
          .field("paused", BOOL)
          .field("enabled", BOOL)
          .pointer()
          .field("ratio", DOUBLE)
          .field("image", STRING)
          .field("data", BYTES)
          .field("limits", new FieldType.MapOf(QUANTITY))
          .field("port", INT_OR_STRING)
          .field("since", TIME)
          .field("at", MICRO_TIME)
          .field("timeout", DURATION)
          .field("extra", RAW_JSON)
          .listOf("containers", CONTAINER)
          .listKind(ListKind.MAP, "name")
          .patch(PatchStrategy.MERGE, "name")
          .field("tags", new FieldType.ListOf(STRING))
          .listKind(ListKind.SET)
          .patch(PatchStrategy.MERGE, null)
          .field("commands", new FieldType.ListOf(STRING))
          .struct("selector", SELECTOR)
          .listKind(ListKind.ATOMIC)
          .struct("strategy", STRATEGY)
          .patch(PatchStrategy.RETAIN_KEYS, null)
          .build();

  public static final StructType<DynamicStruct> STATUS =
      type("io.example.v1.WidgetStatus").field("ready", INT32).required().build();

  public static final StructType<DynamicStruct> TYPE =
      type("io.example.v1.Widget")
          .kind("example.io", "v1", "Widget")
          .struct("metadata", META)
          .struct("spec", SPEC)
          .struct("status", STATUS)
          .build();

  private Widget() {}

  /** A widget from JSON in which single quotes stand for double ones. */
  public static DynamicStruct widget(String json) {
    return JsonCodec.decode(json.replace('\'', '"'), TYPE);
  }

  /** The JSON of a widget without its type, single quotes standing for double ones. */
  public static String json(dev.tiphys.api.schema.Struct widget) {
    return JsonCodec.anyToString(widget).replace('"', '\'');
  }
}
