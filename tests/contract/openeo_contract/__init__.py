"""The openEO API's official document as a contract: what our answers are held to."""

from openeo_contract.answers import Answer
from openeo_contract.contract import Contract
from openeo_contract.references import References

__all__ = ["Answer", "Contract", "References"]
