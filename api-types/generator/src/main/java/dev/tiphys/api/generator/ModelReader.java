package dev.tiphys.api.generator;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.SourceCodeInfo.Location;
import dev.tiphys.api.generator.Model.Kind;
import dev.tiphys.api.generator.Model.ListOf;
import dev.tiphys.api.generator.Model.MapOf;
import dev.tiphys.api.generator.Model.Member;
import dev.tiphys.api.generator.Model.Ref;
import dev.tiphys.api.generator.Model.Role;
import dev.tiphys.api.generator.Model.Struct;
import dev.tiphys.api.generator.Model.Type;
import dev.tiphys.api.generator.options.FieldRules;
import dev.tiphys.api.generator.options.FileRules;
import dev.tiphys.api.generator.options.ListKind;
import dev.tiphys.api.generator.options.MapKind;
import dev.tiphys.api.generator.options.MessageRules;
import dev.tiphys.api.generator.options.Options;
import dev.tiphys.api.generator.options.Scalar;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads descriptors into the {@link Model}, flattening inlined messages on the way. */
final class ModelReader {

  private static final int MESSAGES_OF_FILE = FileDescriptorProto.MESSAGE_TYPE_FIELD_NUMBER;
  private static final int FIELDS_OF_MESSAGE = DescriptorProto.FIELD_FIELD_NUMBER;

  /** A message with where it stands. */
  private record Message(FileDescriptorProto file, int index, DescriptorProto proto) {

    FileRules fileRules() {
      return file.getOptions().getExtension(Options.file);
    }

    MessageRules rules() {
      return proto.getOptions().getExtension(Options.message);
    }

    String fullName() {
      return "." + file.getPackage() + "." + proto.getName();
    }

    boolean isStruct() {
      return file.getOptions().hasExtension(Options.file)
          && rules().getScalar() == Scalar.NONE
          && !rules().getListWrapper();
    }
  }

  private final List<FileDescriptorProto> files;
  private final Map<String, Message> messages = new HashMap<>();
  private final Map<String, String> comments = new HashMap<>();

  ModelReader(List<FileDescriptorProto> files) {
    this.files = files;
  }

  /** Reads all messages of all files. */
  Model read() {
    List<Message> ordered = new ArrayList<>();
    for (FileDescriptorProto file : files) {
      for (int i = 0; i < file.getMessageTypeCount(); i++) {
        DescriptorProto proto = file.getMessageType(i);
        Message message = new Message(file, i, proto);
        messages.put(message.fullName(), message);
        ordered.add(message);
      }
      for (Location location : file.getSourceCodeInfo().getLocationList()) {
        if (location.hasLeadingComments()) {
          String text = location.getLeadingComments().strip().replaceAll("\\s*\n\\s*", " ");
          comments.put(file.getName() + location.getPathList(), text);
        }
      }
    }
    Set<String> parts = inlinedOnly(ordered);
    return new Model(
        ordered.stream()
            .filter(Message::isStruct)
            .filter(message -> !parts.contains(message.fullName()))
            .map(this::struct)
            .toList());
  }

  /** Messages that only ever lend their fields to others need no record. */
  private static Set<String> inlinedOnly(List<Message> all) {
    Set<String> inlined = new HashSet<>();
    Set<String> referenced = new HashSet<>();
    for (Message message : all) {
      for (FieldDescriptorProto field : message.proto().getFieldList()) {
        boolean inline = field.getOptions().getExtension(Options.field).getInline();
        (inline ? inlined : referenced).add(field.getTypeName());
      }
      for (DescriptorProto entry : message.proto().getNestedTypeList()) {
        entry.getFieldList().forEach(field -> referenced.add(field.getTypeName()));
      }
    }
    inlined.removeAll(referenced);
    return inlined;
  }

  private Struct struct(Message message) {
    FileRules file = message.fileRules();
    MessageRules rules = message.rules();
    String name = message.proto().getName();
    List<Member> members = new ArrayList<>();
    addMembers(message, List.of(), rules.getJsonOnly(), members);
    Kind kind =
        rules.getKind()
            ? new Kind(
                rules.hasGroup() ? rules.getGroup() : file.getGroup(), file.getVersion(), name)
            : null;
    return new Struct(
        file.getJavaPackage(),
        name,
        file.getOpenapiPrefix() + "." + name,
        kind == null ? Role.STRUCT : role(message),
        kind,
        rules.hasResource() ? rules.getResource() : null,
        rules.getAtomic(),
        comment(message, List.of(MESSAGES_OF_FILE, message.index())),
        members);
  }

  private void addMembers(
      Message message, List<Integer> path, boolean jsonOnly, List<Member> members) {
    for (int i = 0; i < message.proto().getFieldCount(); i++) {
      FieldDescriptorProto field = message.proto().getField(i);
      FieldRules rules = field.getOptions().getExtension(Options.field);
      List<Integer> inner = new ArrayList<>(path);
      inner.add(field.getNumber());
      if (rules.getInline()) {
        addMembers(target(message, field), inner, jsonOnly, members);
        continue;
      }
      String doc =
          comment(message, List.of(MESSAGES_OF_FILE, message.index(), FIELDS_OF_MESSAGE, i));
      if (rules.getInlineAsList()) {
        FieldDescriptorProto items = target(message, field).proto().getField(0);
        members.add(member(message, field, items.getNumber(), inner, rules, doc));
      } else {
        int number = jsonOnly ? 0 : field.getNumber();
        members.add(member(message, field, number, path, rules, doc));
      }
    }
  }

  private Member member(
      Message message,
      FieldDescriptorProto field,
      int number,
      List<Integer> path,
      FieldRules rules,
      String doc) {
    Type type = type(message, field);
    return new Member(
        field.getJsonName(),
        JavaNames.component(field.getJsonName()),
        number,
        path,
        type,
        rules.getRequired(),
        rules.getPointer(),
        rules.getDefaultJson(),
        listKind(type, rules),
        rules.getListMapKeysList(),
        rules.getPatch().name(),
        rules.getPatchMergeKey(),
        rules.getEnumValuesList(),
        rules.getSensitive(),
        doc);
  }

  private static String listKind(Type type, FieldRules rules) {
    return switch (type) {
      case ListOf _ -> rules.getList() == ListKind.LIST_ATOMIC ? "ATOMIC" : rules.getList().name();
      case Ref ref when ref.atomic() && !rules.hasMap() -> "ATOMIC";
      default -> rules.getMap() == MapKind.ATOMIC ? "ATOMIC" : "GRANULAR";
    };
  }

  private Type type(Message message, FieldDescriptorProto field) {
    boolean repeated = field.getLabel() == FieldDescriptorProto.Label.LABEL_REPEATED;
    DescriptorProto entry = mapEntry(message, field);
    if (entry != null) {
      return new MapOf(element(message, entry.getField(1)));
    }
    Type element = element(message, field);
    return repeated ? new ListOf(element) : element;
  }

  private static @Nullable DescriptorProto mapEntry(Message message, FieldDescriptorProto field) {
    for (DescriptorProto nested : message.proto().getNestedTypeList()) {
      if (nested.getOptions().getMapEntry()
          && field
              .getTypeName()
              .endsWith("." + message.proto().getName() + "." + nested.getName())) {
        return nested;
      }
    }
    return null;
  }

  private Type element(Message message, FieldDescriptorProto field) {
    return switch (field.getType()) {
      case TYPE_STRING -> Model.Scalar.STRING;
      case TYPE_BOOL -> Model.Scalar.BOOL;
      case TYPE_INT32 -> Model.Scalar.INT32;
      case TYPE_INT64 -> Model.Scalar.INT64;
      case TYPE_DOUBLE -> Model.Scalar.DOUBLE;
      case TYPE_BYTES -> Model.Scalar.BYTES;
      case TYPE_MESSAGE -> {
        Message target = target(message, field);
        MessageRules rules = target.rules();
        if (rules.getListWrapper()) {
          yield type(target, target.proto().getField(0));
        }
        if (rules.getScalar() != Scalar.NONE) {
          yield Model.Scalar.valueOf(rules.getScalar().name());
        }
        yield new Ref(
            target.fileRules().getJavaPackage() + "." + target.proto().getName(),
            rules.getAtomic());
      }
      default -> throw bad(message, field, "has a type that the API does not use");
    };
  }

  private Role role(Message message) {
    for (FieldDescriptorProto field : message.proto().getFieldList()) {
      if (field.getName().equals("metadata")) {
        if (field.getTypeName().endsWith(".meta.v1.ObjectMeta")) {
          return Role.OBJECT;
        }
        return hasObjects(message) ? Role.LIST : Role.STRUCT;
      }
    }
    return Role.STRUCT;
  }

  private boolean hasObjects(Message message) {
    for (FieldDescriptorProto field : message.proto().getFieldList()) {
      if (field.getName().equals("items")) {
        Message target = messages.get(field.getTypeName());
        return target != null && target.rules().getKind() && role(target) == Role.OBJECT;
      }
    }
    return false;
  }

  private Message target(Message message, FieldDescriptorProto field) {
    Message target = messages.get(field.getTypeName());
    if (target == null) {
      throw bad(message, field, "refers to " + field.getTypeName() + ", which is not described");
    }
    return target;
  }

  private String comment(Message message, List<Integer> path) {
    return comments.getOrDefault(message.file().getName() + path, "");
  }

  private static BadDescriptionException bad(
      Message message, FieldDescriptorProto field, String what) {
    return new BadDescriptionException(
        message.file().getName()
            + ": "
            + message.proto().getName()
            + "."
            + field.getName()
            + " "
            + what);
  }
}
