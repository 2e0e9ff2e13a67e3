import pytest, time_machine
from datetime import date
from tests.cast import browser
from cqo_portal.statistics.catalogue import SUBJECTS
from cqo_portal.statistics.models import Published, Order, Yearbook
from cqo_portal.statistics import orders

@pytest.mark.django_db
def test_try(people, settings, tmp_path):
    with time_machine.travel("2026-11-20T12:00:00+08:00", tick=True):
        people.filing(until="filed")
    with time_machine.travel("2027-01-05T12:00:00+08:00", tick=True):
        c = browser(people.meng)
        c.raise_request_exception = True
        def get(u, want=200):
            a = c.get(u)
            assert a.status_code == want, (u, a.status_code, a.content.decode()[:1500])
            b = a.getvalue()
            return b
        get("/statistics/")
        for code, s in SUBJECTS.items():
            for d in s.dimensions:
                html = get(f"/statistics/{code}/?on=2026-12-31&known=2027-01-04&by={d.code}").decode()
                import re
                links = re.findall(r'href="(/statistics/[^"]*cell/[^"]*)"', html)
                for l in links[:6]:
                    get(l.replace("&amp;", "&"))
            for f in ("xlsx", "csv", "pdf"):
                b = get(f"/statistics/{code}/{f}/?on=2026-12-31&known=2027-01-04")
                open(f"/tmp/st-{code}.{f}", "wb").write(b)
            w = get(f"/statistics/{code}/why/?on=2026-12-31&known=2027-01-04&was_on=2026-01-31&was_known=2027-01-04")
            open(f"/tmp/st-why-{code}.html","wb").write(w)
        get("/statistics/coverage/publish/?on=2026-12-31&known=2027-01-04")
        a = c.post("/statistics/coverage/publish/?on=2026-12-31&known=2027-01-04", {"statement": "测试"})
        assert a.status_code == 302, a.content.decode()[:2000]
        held = Published.objects.get()
        get(held.get_absolute_url()); assert "每一条记录都与锁定的一样" in get(held.get_absolute_url()+"?again=1").decode()
        get(held.get_absolute_url()+"why/")
        get(held.get_absolute_url()+"pdf/"); get(held.get_absolute_url()+"cell/?row=&column=all.n")
        w = browser(people.wang)
        for who, code in ((people.wang, "130981"), (people.qing, "130922"), (people.meng, "130900")):
            b = browser(who); b.raise_request_exception = True
            r = b.get(f"/statistics/years/2026/{code}/lock/"); assert r.status_code == 200
            r = b.post(f"/statistics/years/2026/{code}/lock/", {"known": "2027-01-04", "statement": "全年情况正常。"})
            assert r.status_code == 302, r.content.decode()[:3000]
            r = b.get(r.headers["Location"]); assert r.status_code == 200
            r = b.get(f"/statistics/years/2026/{code}/report.pdf"); assert r.status_code == 200
            open(f"/tmp/st-report-{code}.pdf","wb").write(r.content)
        get("/statistics/roster/?on=2026-12-31&known=2027-01-04"); 
        a = c.post("/statistics/roster/order/", {"on":"2026-12-31","known":"2027-01-04","office":"130900","columns":["name","organisation","credit_code","hours","phone","years_of_work"],"format":"xlsx","purpose":"报省局年度统计"})
        assert a.status_code == 302, a.content.decode()[:3000]
        o = Order.objects.get(); get(o.get_absolute_url()); get("/statistics/orders/")
        orders.write(o.pk); o.refresh_from_db(); assert o.state == "ready", o.state
        get(o.get_absolute_url())
        r = c.post(o.get_absolute_url()+"file/"); open("/tmp/st-roster.xlsx","wb").write(r.getvalue())
        get("/statistics/published/")
