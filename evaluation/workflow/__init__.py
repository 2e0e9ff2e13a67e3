"""The lives of an application, an evaluation, a panellist, a sheet and an appeal: who may do what, when, what follows.

application  draft ──submit──▶ submitted ──accept──▶ accepted            evaluation begins: convening
               │    ◀──────────── │ return ▶ returned ──submit──▶ …
             discard              └ refuse ▶ refused                     (withdraw: from everywhere before the decision)

evaluation   convening ──begin──▶ scoring ──open──▶ consensus ──conclude──▶ reporting ──hand-in──▶ at_body
                 ▲                   │                  │ ▲ ◀──deliberate-again──┘ ◀──send-back──┘ │
                 └────── reconvene ──┴──────────────────┘ (a partial member left, too few remain)  │
                                                       published ◀──publish── decided ◀──decide────┘
             everywhere before the decision: close

panellist    proposed ──invite──▶ invited ──declare──▶ serving ──recuse──▶ recused
                 └────────release─────┴──────release──────┘   invited ──decline──▶ declined, ──recuse──▶ recused
                                                      serving ──leave──▶ left (no conflict: ill, away, silent)

sheet        open ──sign──▶ signed;  both ──set-aside──▶ set_aside
appeal       lodged ──grant──▶ granted (a new evaluation);  ──dismiss──▶ dismissed;  ──take-back──▶ withdrawn
"""
