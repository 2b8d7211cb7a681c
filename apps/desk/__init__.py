"""Agents' screens and the live stream behind them."""
