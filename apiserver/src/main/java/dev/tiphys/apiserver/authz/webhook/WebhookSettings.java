package dev.tiphys.apiserver.authz.webhook;

import dev.tiphys.apiserver.cel.TreeCel;
import dev.tiphys.apiserver.outbound.Remote;
import java.time.Duration;
import java.util.List;

/**
 * A webhook that authorizes.
 *
 * @param name as metrics call it
 * @param version of the SubjectAccessReview: {@code v1} or {@code v1beta1}
 * @param authorized how long a yes is remembered; zero for not at all
 * @param unauthorized how long anything else is
 * @param timeout of a call
 * @param denies whether a call that fails is a no; else the next authorizer is asked
 * @param conditions that must all hold for it to be asked
 */
public record WebhookSettings(
    String name,
    Remote remote,
    String version,
    Duration authorized,
    Duration unauthorized,
    Duration timeout,
    boolean denies,
    List<TreeCel.Compiled> conditions) {

  /** Copies the conditions. */
  public WebhookSettings {
    conditions = List.copyOf(conditions);
  }
}
