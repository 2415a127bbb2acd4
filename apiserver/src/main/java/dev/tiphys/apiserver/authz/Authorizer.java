package dev.tiphys.apiserver.authz;

import dev.tiphys.api.rbac.v1.PolicyRule;
import dev.tiphys.apiserver.authn.User;
import java.util.List;

/** One way to tell who may do what. Thread-safe; blocks if it asks others. */
public interface Authorizer {

  /** What an authorizer says. */
  enum Verdict {
    /** Yes; nobody else is asked. */
    ALLOW,
    /** No; nobody else is asked. */
    DENY,
    /** The next one is asked. */
    NO_OPINION
  }

  /**
   * A verdict and why.
   *
   * @param reason a sentence, may be empty
   * @param error what kept an authorizer from judging; empty if nothing did
   */
  record Decision(Verdict verdict, String reason, String error) {

    /** A verdict that nothing stood in the way of. */
    public Decision(Verdict verdict, String reason) {
      this(verdict, reason, "");
    }

    /** Nothing to say. */
    public static final Decision NO_OPINION = new Decision(Verdict.NO_OPINION, "");

    /** Yes. */
    public static Decision allow(String reason) {
      return new Decision(Verdict.ALLOW, reason);
    }

    /** Nothing to say, and why. */
    public static Decision noOpinion(String reason) {
      return new Decision(Verdict.NO_OPINION, reason);
    }

    /** Whether it is a yes. */
    public boolean allowed() {
      return verdict == Verdict.ALLOW;
    }
  }

  /** Judges. */
  Decision decide(Attributes attributes);

  /** The rules that apply to a user in a namespace, as far as this authorizer works by rules. */
  default List<PolicyRule> rulesFor(User user, String namespace) {
    return List.of();
  }

  /** Why there may be more rules than {@link #rulesFor} tells; empty if there are not. */
  default String rulesUnknown(User user) {
    return "";
  }
}
