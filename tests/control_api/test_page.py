"""The page of a served back-end, in Chromium."""

import pytest
import requests
from js_clients import Browser, needs_node

from mock_backend.jobs import JobsRegister

GRAPH = {"pi": {"process_id": "pi", "arguments": {}, "result": True}}
ROWS = "document.querySelectorAll('#job-rows tr:not(.detail)').length"


@pytest.fixture(scope="module")
def chromium():
    needs_node("axe-core")
    browser = Browser()
    yield browser
    browser.close()


@pytest.fixture
def page(chromium, control):
    """The page of a back-end on which time stands still."""
    return chromium.anew().open(control.root).until("document.querySelector('#speed').options.length")


def has(text, element="main"):
    return f"document.querySelector({element!r}).innerText.includes({text!r})"


def test_a_job_comes_and_goes_on_without_reload(page, control, start):
    page.until("!document.querySelector('#no-jobs').hidden")
    start("Cropland")
    page.until(has("Cropland", "#job-rows")).until(has("queued", "#job-rows"))
    page.push("+10 min").until(has("running 90 %", "#job-rows"))
    page.push("Next event").until(has("finished", "#job-rows"))

    assert control.backend.jobs[0].status == "finished"
    assert page.failures == []


def test_the_sample_job_opens_with_graph_log_and_picture(page, control):
    page.push("Run the sample job").until(f"{ROWS} === 1")
    page.push("+10 min").push("+10 min").until(has("finished", "#job-rows"))
    page.run("document.querySelector('#job-rows .name').click()")
    page.until("document.querySelector('.result-files img')?.naturalWidth > 100")

    assert {"load_collection", "reduce_dimension", "save_result"} <= set(
        page.run("[...document.querySelectorAll('.graph text')].map((each) => each.textContent)")
    )
    assert "Processing finished." in page.text
    link = page.run("document.querySelector('.result-files a').href")
    assert requests.get(link, timeout=10).content[:2] in (b"II", b"MM")
    assert [job.title for job in control.backend.jobs] == ["Greenness at Lake Constance"]


def test_jobs_are_held_failed_and_finished(page, control, start):
    for title in ("to be finished", "to be failed", "to be held"):
        start(title)
    control.order("/clock/advance", duration="2m")
    page.until(f"{ROWS} === 3")
    for title, button, told in (
        ("finished", "Finish", "Finished."),
        ("failed", "Fail", "Failed."),
        ("held", "Hold", "Held"),
    ):
        page.fill(**{"Filter_jobs_by_title,_id,_owner_or_status": title}).until(f"{ROWS} === 1")
        page.run("document.querySelector('#job-rows .name').click()")
        page.until("document.querySelector('.detail .tools button:enabled')").push(button)
        page.until(has(told, "#toast"))
    page.fill(**{"Filter_jobs_by_title,_id,_owner_or_status": ""}).push("+1 h").until(
        has("no end", "#job-rows")
    )

    assert [job.status for job in control.backend.jobs] == ["finished", "error", "running"]
    assert page.failures == []


def test_a_failure_is_ordered_and_seen(page, control):
    page.choose("The next requests to", "GET /collections").choose("end with", "429 Too many requests")
    page.push("Order").until(has("429", "#orders"))
    url = f"{control.root}/openeo/1.2/collections"

    assert requests.get(url, timeout=5).status_code == 429
    page.until(has("429", "#request-rows")).until(has("TooManyRequests", "#request-rows"))
    page.until("document.querySelector('#orders').children.length === 0")
    assert requests.get(url, timeout=5).status_code == 200


def test_requests_are_filtered(page, control):
    for path in ("conformance", "processes", "nothing"):
        requests.get(f"{control.root}/openeo/1.2/{path}", timeout=5)
    count = "document.querySelectorAll('#request-rows tr').length"
    page.until(f"{count} === 3")
    field = "Filter requests by method, path, status or error"

    page.fill(**{field.replace(" ", "_"): "get 404"}).until(f"{count} === 1").until(
        has("/nothing", "#request-rows")
    )
    page.fill(**{field.replace(" ", "_"): "delete"}).until(has("No request is like that", "main"))


def test_what_the_page_says_to_connect_is_right(page, control):
    namespace = {}
    exec(page.run("document.querySelector('#code').textContent"), namespace)

    assert namespace["connection"].describe_account()["user_id"] == "alice"
    assert page.run("document.querySelector('#editor').href").endswith(
        f"server={control.root.replace(':', '%3A').replace('/', '%2F')}"
    )


def test_a_keyboard_is_enough(page, control, start):
    start("Cropland")
    page.until(f"{ROWS} === 1")

    def tab_to(test):
        for _ in range(60):
            page.press("Tab")
            if page.run(f"((active) => {test})(document.activeElement)"):
                return
        pytest.fail(f"no key leads to {test}")

    tab_to("active.textContent === '+1 h'")
    page.press("Enter").until(has("finished", "#job-rows"))
    tab_to("active.className === 'name'")
    page.press("Enter").until("document.querySelector('.detail .graph svg')")
    page.press("Enter").until("!document.querySelector('.detail')")
    tab_to("active.getAttribute('role') === 'tab'")
    page.press("ArrowRight").until("document.querySelector('#code').textContent.includes('library(openeo)')")
    tab_to("active.id === 'route'")
    tab_to("active.textContent === 'Order'")
    page.press("Space").until("document.querySelector('#orders').children.length === 1")
    tab_to("active.id === 'reset'")
    page.press("Enter").press("Enter").until("!document.querySelector('#no-jobs').hidden")
    assert len(control.backend.jobs) == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_can_be_read_by_all(page, control, start, scheme):
    control.order("/plan", plan={"queued": 0, "running": 0, "error": "boom"}, title="broken")
    for title in ("Cropland", "broken"):
        start(title)
    requests.get(f"{control.root}/openeo/1.2/nothing", timeout=5)
    page.colors(scheme).until(f"{ROWS} === 2").until(has("NotFound", "#request-rows"))
    page.run("document.querySelectorAll('#job-rows .name').forEach((each) => each.click())")
    page.until("document.querySelectorAll('.graph svg').length === 2")
    page.run("document.getAnimations().forEach((each) => each.finish())")

    assert page.violations() == []
    page.resize(360, 740)
    assert page.run("document.documentElement.scrollWidth") <= 360
    assert page.violations() == []


def test_nothing_is_asked_of_another_host(page, control):
    page.push("Run the sample job").until(f"{ROWS} === 1")

    assert page.hosts <= {control.root.removeprefix("http://"), "data:", "blob:"}
    assert page.failures == []


def test_it_asks_for_the_secret(chromium, make_control):
    control = make_control(secret="hush")
    page = chromium.anew().open(control.root).until("!document.querySelector('#locked').hidden")
    assert "secret" not in page.run("document.querySelector('main').innerText")
    page.fill(Secret="hush").push("Open").until(has("alice"))

    page.open("about:blank").open(f"{control.root}/#secret=hush").until(has("alice"))
    assert page.url == f"{control.root}/"


def test_five_thousand_jobs(chromium, control, start):
    # How long it takes depends on the machine; what does not: all are counted, and few are drawn.
    first = start("number 1")
    store = control.backend.registers.one(JobsRegister).store
    document = store.get(first)
    for number in range(2, 5001):
        store.add(document | {"job_id": f"j-{number}", "number": number, "title": f"number {number}"})
    page = chromium.anew().open(control.root).until(has("5,000 queued", "#counts"))

    assert page.run(ROWS) == 40
    assert "number 5000" in page.text
    page.fill(**{"Filter_jobs_by_title,_id,_owner_or_status": "number 4321"}).until(f"{ROWS} === 1")
    page.push("+1 h").until(has("5,000 finished", "#counts"))
    page.fill(**{"Filter_jobs_by_title,_id,_owner_or_status": ""}).push("Show more").until(f"{ROWS} === 240")
