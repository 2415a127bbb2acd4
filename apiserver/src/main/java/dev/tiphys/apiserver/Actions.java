package dev.tiphys.apiserver;

import dev.tiphys.api.Resources;
import dev.tiphys.apiserver.authn.IdentityReviews;
import dev.tiphys.apiserver.authz.AccessReviews;
import dev.tiphys.apiserver.resource.ActionResource;
import dev.tiphys.apiserver.resource.Unstored;
import dev.tiphys.apiserver.subresource.BindingSubresource;
import java.util.List;

/** The resources that are asked and not stored. */
final class Actions {

  private Actions() {}

  static List<Unstored> all(
      IdentityReviews identity,
      AccessReviews access,
      BindingSubresource binding,
      Unstored components) {
    return List.of(
        new ActionResource<>(Resources.BINDINGS, binding::bind),
        new ActionResource<>(Resources.TOKEN_REVIEWS, identity::token),
        new ActionResource<>(Resources.SELF_SUBJECT_REVIEWS, identity::self),
        new ActionResource<>(Resources.SUBJECT_ACCESS_REVIEWS, access::subject),
        new ActionResource<>(Resources.SELF_SUBJECT_ACCESS_REVIEWS, access::self),
        new ActionResource<>(Resources.LOCAL_SUBJECT_ACCESS_REVIEWS, access::local),
        new ActionResource<>(Resources.SELF_SUBJECT_RULES_REVIEWS, access::rules),
        components);
  }
}
