from certificates.models.act import Act, Evidence
from certificates.models.certificate import Certificate, Imprint, Rendering, Signing
from certificates.models.order import Batch, Order
from certificates.models.renewal import Renewal
from certificates.models.status import StatusFile

__all__ = [
    "Act",
    "Batch",
    "Certificate",
    "Evidence",
    "Imprint",
    "Order",
    "Rendering",
    "Renewal",
    "Signing",
    "StatusFile",
]
