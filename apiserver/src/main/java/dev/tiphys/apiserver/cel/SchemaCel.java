package dev.tiphys.apiserver.cel;

import dev.tiphys.api.apiextensions.v1.JSONSchemaProps;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.schema.TreeSchema;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.authz.Authorizer;
import dev.tiphys.apiserver.extension.MoreRules;
import dev.tiphys.apiserver.strategy.ExpressionCheck;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The way into CEL for schemas: whoever has no rules never loads it. Thread-safe. */
public final class SchemaCel {

  private final DeviceCel devices = new DeviceCel(this::environment);
  private final ReentrantLock making = new ReentrantLock();
  private volatile @Nullable CelEnvironment environment;

  private CelEnvironment environment() {
    CelEnvironment known = environment;
    if (known == null) {
      making.lock();
      try {
        known = environment;
        if (known == null) {
          known = new CelEnvironment();
          environment = known;
        }
      } finally {
        making.unlock();
      }
    }
    return known;
  }

  /**
   * The way into CEL for admission.
   *
   * @param authorizer whom expressions ask what a user may do; asked for when there are requests
   */
  public AdmissionCel admission(Supplier<Authorizer> authorizer) {
    return new AdmissionCel(this::environment, authorizer);
  }

  /** Expressions over {@code claims}, what a token says. */
  public TreeCel claims() {
    return TreeCel.claims(this::environment);
  }

  /** Expressions over {@code user}, whom a token makes. */
  public TreeCel user() {
    return TreeCel.user(this::environment);
  }

  /** Expressions over {@code request}, the spec of a SubjectAccessReview. */
  public TreeCel accessReview() {
    return TreeCel.accessReview(this::environment);
  }

  /** Judges expressions of policies over objects of a known type. */
  public PolicyTyping typing() {
    return new PolicyTyping(this::environment);
  }

  /**
   * Judges expressions before they are stored.
   *
   * @param admission that of admission's
   */
  public ExpressionCheck storing(AdmissionCel admission) {
    return (text, use, parameters) ->
        switch (use) {
          case DEVICE -> devices.fault(text);
          case MATCH, POLICY -> admission.fault(text, AdmissionCel.Result.BOOL, parameters);
          case MESSAGE -> admission.fault(text, AdmissionCel.Result.TEXT, parameters);
          case ANNOTATION -> admission.fault(text, AdmissionCel.Result.TEXT_OR_NULL, parameters);
          case MUTATION -> admission.fault(text, AdmissionCel.Result.MUTATION, parameters);
          case VARIABLE -> admission.fault(text, AdmissionCel.Result.ANY, parameters);
        };
  }

  /** Says what is wrong with the rules in the schema of a definition. */
  public void check(JSONSchemaProps schema, Path path, FieldErrors errors) {
    TreeSchema tree = TreeSchema.of(schema);
    if (CelRules.any(tree)) {
      RulePlaces.check(tree, path, errors);
      CelRules.compileAll(environment(), tree, path, errors);
    }
  }

  /** The rules of a schema that was checked before; compiled when they are first needed. */
  public MoreRules rules(TreeSchema schema) {
    return CelRules.any(schema) ? new Late(schema) : MoreRules.NONE;
  }

  private final class Late implements MoreRules {

    private final TreeSchema schema;
    private final ReentrantLock compiling = new ReentrantLock();
    private volatile @Nullable CelRules rules;

    Late(TreeSchema schema) {
      this.schema = schema;
    }

    @Override
    public void check(JsonTree.Obj object, JsonTree.@Nullable Obj old, FieldErrors errors) {
      compiled().check(object, old, errors);
    }

    private CelRules compiled() {
      CelRules known = rules;
      if (known == null) {
        compiling.lock();
        try {
          known = rules;
          if (known == null) {
            // What is wrong was told when the definition was written.
            known = CelRules.compileAll(environment(), schema, Path.ROOT, new FieldErrors());
            rules = known;
          }
        } finally {
          compiling.unlock();
        }
      }
      return known;
    }
  }
}
