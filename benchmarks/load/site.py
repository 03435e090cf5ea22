"""Makes a newsroom with a published message for the web benchmark, and collects the static files."""

import json

from django.core.management import call_command

from benchmarks.measuring import asked_of

from .world import make_world


def main() -> None:
    """Prepares the state folder that the environment names; prints the id of the company's account."""
    world = make_world(asked_of()["company"])
    from mainstay.core.clock import clock
    from mainstay.message.content import read
    from mainstay.message.publish import new_campaign, publish
    from mainstay_demo.campaign import CAMPAIGN, CAMPAIGN_SLUG

    today = world.newsroom.today(clock.now())
    campaign = new_campaign(world.newsroom, CAMPAIGN_SLUG, read(CAMPAIGN), actor="editor", day=today)
    publish(campaign, actor="editor", day=today)
    call_command("collectstatic", interactive=False, verbosity=0)
    print(json.dumps({"account": str(world.company.pk)}))


if __name__ == "__main__":
    main()
