package dev.tiphys.client;

import dev.tiphys.api.schema.Struct;

/** A change to send instead of a whole object. */
public sealed interface Patch {

  /** The media type that the server knows this patch by. */
  String contentType();

  /** RFC 6902, a list of operations. */
  record Json(String text) implements Patch {
    @Override
    public String contentType() {
      return "application/json-patch+json";
    }
  }

  /** RFC 7386: fields that are there replace, nulls remove, lists are replaced. */
  record Merge(String text) implements Patch {
    @Override
    public String contentType() {
      return "application/merge-patch+json";
    }
  }

  /** As merge, but lists merge by their keys where the kind says so. Built-in kinds only. */
  record Strategic(String text) implements Patch {
    @Override
    public String contentType() {
      return "application/strategic-merge-patch+json";
    }
  }

  /**
   * Server-side apply: the fields that one manager wants.
   *
   * @param object the fields; its name and kind are required, creation follows if it is missing
   * @param fieldManager who wants them
   * @param force whether to take fields over from other managers
   */
  record Apply(Struct object, String fieldManager, boolean force) implements Patch {
    @Override
    public String contentType() {
      return "application/apply-patch+yaml";
    }
  }

  /** Server-side apply of an object as text (JSON or YAML), as {@link Apply}. */
  record ApplyText(String text, String fieldManager, boolean force) implements Patch {
    @Override
    public String contentType() {
      return "application/apply-patch+yaml";
    }
  }
}
